export { chooseVersion, compareVersionsDescending, type VersionCandidate } from './choose-version.ts'
export { type ParsedRequest, parseDefaultVersion, parseVersionRequest } from './request.ts'
export { type DecidingLevel, resolveVersion, type VersionDecision } from './resolve-version.ts'
