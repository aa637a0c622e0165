export type { ApiToken, ApiTokenRepository, Principal, Role, User, UserRepository } from './model.ts'
export { ROLES } from './model.ts'
