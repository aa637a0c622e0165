import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { HostConfig } from './host/config.ts'
import { HOST_HEAP_MB } from './limits.ts'
import type { ResolvedOptions } from './options.ts'
import type { HostSpec } from './pool/host-process.ts'
import type { HostBundle } from './protocol/messages.ts'

// Written as URLs, so that they lead to JavaScript in the published package.
const ISOLATE_HOST = fileURLToPath(new URL('./host/main.ts', import.meta.url))
const NODE_HOST = fileURLToPath(new URL('./host/node-main.ts', import.meta.url))

/** How a host for isolates is started. Nothing of our own environment reaches it. */
export function isolateHostSpec(options: ResolvedOptions, guestScriptsPath: string): HostSpec {
  const config: HostConfig = {
    guestScriptsPath,
    codeCacheDir: codeCacheDir(options),
    isolateHeapBytes: options.isolateHeapBytes,
    isolatesPerHost: options.isolatesPerHost,
  }
  return {
    entryPath: ISOLATE_HOST,
    configJson: JSON.stringify(config),
    // isolated-vm and Node's own start-up snapshot do not go together: isolated-vm README, "Node 20+".
    execArgv: ['--no-node-snapshot', `--max-old-space-size=${HOST_HEAP_MB}`],
    env: childEnv(options),
    residentLimitBytes: options.hostResidentBytes,
    answersStalls: true,
  }
}

/**
 * How the process of one `runtime: node` version is started: under Node's permission model, which closes the file
 * system, child processes, workers and native addons. Node 24 has no permission for the network.
 */
export function nodeHostSpec(options: ResolvedOptions, bundle: HostBundle): HostSpec {
  return {
    entryPath: NODE_HOST,
    configJson: JSON.stringify({ bundle }),
    execArgv: [
      '--permission',
      `--allow-fs-read=${import.meta.dirname}`,
      `--allow-fs-read=${join(import.meta.dirname, '../errors')}`,
      `--allow-fs-read=${join(import.meta.dirname, '../package.json')}`,
      `--allow-fs-read=${bundle.bundlePath}`,
      ...(bundle.sourceMapPath === undefined ? [] : [`--allow-fs-read=${bundle.sourceMapPath}`]),
      ...(bundle.permissions.process === true ? ['--allow-child-process'] : []),
      `--max-old-space-size=${Math.ceil(options.isolateHeapBytes / 1024 / 1024)}`,
    ],
    env: {},
    residentLimitBytes: options.hostResidentBytes,
    answersStalls: false,
  }
}

export function codeCacheDir(options: ResolvedOptions): string {
  return join(options.cacheDir, 'v8')
}

function childEnv(options: ResolvedOptions): Readonly<Record<string, string>> {
  // Node keeps the host's own sources compiled there, types stripped: half of its start-up time.
  return { NODE_COMPILE_CACHE: join(options.cacheDir, 'node') }
}
