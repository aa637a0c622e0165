export { type ApiOptions, createApiRoutes } from './api-routes.ts'
