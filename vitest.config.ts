import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['{plugin-sdk,plugins,registry,core,server,tools,test}/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**', '**/fixtures/**'],
    globalSetup: ['test/services/global-setup.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
})
