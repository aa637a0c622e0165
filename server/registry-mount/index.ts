export { EmbeddedRegistry } from './embedded-registry.ts'
export { registryMount } from './mount.ts'
export { publishTarball, readPackageJson } from './publish-tarball.ts'
export { RegistryFollower } from './registry-follower.ts'
