/**
 * The types that the engine itself executes: they decide which tasks run and do nothing else. A package describes them
 * like any other type (`executedBy: engine` in the manifest) and brings no code for them.
 */
export const ENGINE_TYPES = [
  'io.kestra.plugin.core.flow.AllowFailure',
  'io.kestra.plugin.core.flow.Dag',
  'io.kestra.plugin.core.flow.EachParallel',
  'io.kestra.plugin.core.flow.EachSequential',
  'io.kestra.plugin.core.flow.ForEach',
  'io.kestra.plugin.core.flow.If',
  'io.kestra.plugin.core.flow.LoopUntil',
  'io.kestra.plugin.core.flow.Parallel',
  'io.kestra.plugin.core.flow.Sequential',
  'io.kestra.plugin.core.flow.Switch',
] as const
export type EngineType = (typeof ENGINE_TYPES)[number]

/** Whether this engine knows how to execute a type. */
export function isEngineType(type: string): type is EngineType {
  return ENGINE_TYPES.some((known) => known === type)
}
