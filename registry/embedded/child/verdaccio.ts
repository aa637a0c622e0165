import type { Server } from 'node:http'
import { fileURLToPath } from 'node:url'
import type { ChildOptions } from '../protocol.ts'
import type { RegistryLayout } from '../storage/layout.ts'

/**
 * Loads Verdaccio for what is read: packuments, tarballs, search, and what comes from uplinks. No web interface, no
 * accounts of its own; what it logs are JSON lines on the standard output, which the parent takes up.
 */
export async function loadVerdaccio(options: ChildOptions, layout: RegistryLayout): Promise<Server> {
  // Loading takes most of a second: the import stands here, so that everything quick is done before.
  const { runServer } = await import('verdaccio')
  return await runServer(verdaccioConfig(options, layout))
}

function verdaccioConfig(options: ChildOptions, layout: RegistryLayout): Record<string, unknown> {
  const access = options.anonymousRead ? '$all' : '$authenticated'
  const openToAll = { access: '$all', publish: 'nobody', unpublish: 'nobody' }
  const uplinkPackages = options.uplinks.flatMap((uplink) =>
    uplink.packages.map((pattern) => [
      pattern,
      { access, publish: 'nobody', unpublish: 'nobody', proxy: uplink.name, storage: '../uplink-cache' },
    ]),
  )
  return {
    storage: layout.packages,
    self_path: layout.root,
    configPath: layout.root,
    plugins: fileURLToPath(new URL('verdaccio-plugins', import.meta.url)),
    auth: { identity: {} },
    uplinks: Object.fromEntries(options.uplinks.map((uplink) => [uplink.name, { url: uplink.url }])),
    packages: {
      ...Object.fromEntries(uplinkPackages),
      ...Object.fromEntries(options.publicScopes.map((scope) => [`${scope}/*`, openToAll])),
      '**': { access, publish: 'nobody', unpublish: 'nobody' },
    },
    web: { enable: false },
    url_prefix: options.urlPrefix,
    server: { trustProxy: true },
    // All requests come from one address, the parent's; limiting is the server's own affair.
    userRateLimit: { windowMs: 60_000, max: Number.MAX_SAFE_INTEGER },
    log: { type: 'stdout', format: 'json', level: options.logLevel },
  }
}
