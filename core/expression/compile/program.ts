import { layerBlocks } from './layer.ts'
import type { BlockLayer, Program, Rendering } from './rendering.ts'
import { after } from './waiting.ts'

/** Renders into the run, whose frame is one of `program.main`. @param overriding - blocks of templates that extend this */
export function renderProgram(
  program: Program,
  run: Rendering,
  overriding: ReadonlyMap<string, BlockLayer> | undefined,
): string | Promise<string> {
  if (program.blocks.size > 0 || overriding !== undefined)
    run.blocks = layerBlocks(program.blocks, overriding)
  const { loadParent, main } = program
  if (loadParent === undefined && !main.mayWait) {
    void main.execute(run)
    return run.output
  }
  const done = main.execute(run)
  if (loadParent === undefined) return after(done, () => run.output)
  return after(done, () =>
    run.nestedCall(() =>
      after(loadParent(run), (parent) =>
        renderProgram(parent, run.inner(parent.main.newFrame(), program.locals(run)), run.blocks),
      ),
    ),
  )
}
