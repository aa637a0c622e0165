import type { Scope } from '../../expression/index.ts'
import type { CompiledFlow, CompiledTask } from '../../flow/index.ts'
import { ExecutionError } from '../errors.ts'
import { expressionFault } from './expression-fault.ts'

const literals = new WeakMap<CompiledTask, string>()

/**
 * The properties of a task as its plugin gets them: rendered, with defaults, checked. JSON text, made once for a task
 * without expressions.
 *
 * @throws ExecutionError `TASK_EXPRESSION_FAILED`, `TASK_PROPERTY_INVALID`
 */
export function renderProperties(
  flow: CompiledFlow,
  task: CompiledTask,
  scope: () => Scope,
): string | Promise<string> {
  if (!task.properties.isLiteral) return renderDynamic(flow, task, scope())
  const known = literals.get(task)
  if (known !== undefined) return known
  const text = check(task, task.properties.written)
  literals.set(task, text)
  return text
}

/**
 * Whether a task is due: its `runIf`, by the language's idea of truth.
 *
 * @throws ExecutionError `TASK_EXPRESSION_FAILED`
 */
export async function isDue(flow: CompiledFlow, task: CompiledTask, scope: () => Scope): Promise<boolean> {
  if (task.runIf === undefined) return true
  try {
    return holds(await task.runIf.render(scope()))
  } catch (error) {
    throw expressionFault(flow, `${task.path}.runIf`, error)
  }
}

/** Whether a rendered condition holds: all does but false, 0, -0, null, nothing, and a text of one of these. */
export function holds(rendered: unknown): boolean {
  return !FALSE_TEXTS.has(
    String(rendered ?? '')
      .trim()
      .toLowerCase(),
  )
}

const FALSE_TEXTS: ReadonlySet<string> = new Set(['', 'false', '0', '-0', '0.0', 'null'])

async function renderDynamic(flow: CompiledFlow, task: CompiledTask, scope: Scope): Promise<string> {
  let rendered: unknown
  try {
    rendered = await task.properties.render(scope)
  } catch (error) {
    throw expressionFault(flow, task.path, error)
  }
  return check(task, rendered)
}

function check(task: CompiledTask, properties: unknown): string {
  const { value, faults } = task.plugin.checkRendered(properties)
  if (faults.length === 0) return JSON.stringify(value)
  const listed = faults.map(({ path, message }) => `${path}: ${message}`).join('; ')
  throw new ExecutionError(
    'TASK_PROPERTY_INVALID',
    `The properties of task "${task.taskId}" do not fit ${task.plugin.type}: ${listed}`,
    {
      at: { path: task.path },
      problems: faults,
    },
  )
}
