export { type AuthenticateOptions, authenticate, identify } from './authenticate.ts'
export { readCredentials } from './credentials.ts'
export { ensureAdmin, type FirstAdmin } from './first-admin.ts'
export { LoginThrottle } from './login-throttle.ts'
