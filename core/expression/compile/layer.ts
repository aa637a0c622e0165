import type { BlockLayer, BlockUnit } from './rendering.ts'

/** Puts `units` before the blocks that they override. */
export function layerBlocks(
  units: ReadonlyMap<string, BlockUnit>,
  overriding: ReadonlyMap<string, BlockLayer> | undefined,
): ReadonlyMap<string, BlockLayer> {
  const layers = new Map(overriding)
  for (const [name, unit] of units) layers.set(name, behind(layers.get(name), unit))
  return layers
}

/** Adds the unit at the far end: what is there already stands nearer to the template that is rendered. */
function behind(layer: BlockLayer | undefined, unit: BlockUnit): BlockLayer {
  if (layer === undefined) return { unit, overridden: undefined }
  return { unit: layer.unit, overridden: behind(layer.overridden, unit) }
}
