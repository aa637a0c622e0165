import type { Scene } from './scene.ts'
import { defaults } from './steps/defaults.ts'
import { develop } from './steps/develop.ts'
import { docs } from './steps/docs.ts'
import { install } from './steps/install.ts'
import { pin } from './steps/pin.ts'
import { publish } from './steps/publish.ts'
import { reload } from './steps/reload.ts'
import { scaffold } from './steps/scaffold.ts'

/** Publish a plugin, pin two versions of it in one flow, hot-reload it: seven steps, in this order. */
export const STORY: readonly Scene[] = [scaffold, publish, install, pin, defaults, reload, develop, docs]
