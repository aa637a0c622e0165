export { type MariadbServer, requestMariadb } from './request-mariadb.ts'
export { requestNats } from './request-nats.ts'
