export { newId } from './id.ts'
