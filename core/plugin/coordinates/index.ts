export {
  type Coordinate,
  type Coordinates,
  createCoordinates,
  type GroupScopes,
  isPackageName,
  splitScope,
} from './coordinates.ts'
export { formatStorageName, parseStorageName, REPOSITORY_PREFIX } from './storage-name.ts'
