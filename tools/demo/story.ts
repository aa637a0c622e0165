import type { Scene } from './scene.ts'
import { publish } from './steps/publish.ts'
import { scaffold } from './steps/scaffold.ts'

/** Publish a plugin, pin two versions of it in one flow, hot-reload it: seven steps, in this order. */
export const STORY: readonly Scene[] = [scaffold, publish]
