export { IDENTITY_ERRORS, IdentityError, type IdentityErrorCode, type IdentityProblem } from './errors.ts'
export type {
  ApiToken,
  ApiTokenRepository,
  Principal,
  Role,
  User,
  UserChanges,
  UserRepository,
} from './model.ts'
export { ROLES } from './model.ts'
export type { ScryptSettings } from './password-hash.ts'
export { type Action, type ActionTarget, may } from './permissions.ts'
export { TOKEN_PREFIX } from './token-text.ts'
export type { MintedToken, TokenRequest } from './tokens.ts'
export {
  createUserService,
  type NewUser,
  type SignInResult,
  type UserService,
  type UserServiceOptions,
  type UserServiceSettings,
} from './user-service.ts'
