import { ExpressionError } from '../errors.ts'
import { booleanArgument, integerArgument, optionalText, textArgument, wrong } from '../reference/argument.ts'
import type { Call, FunctionDefinition } from '../reference/definition.ts'
import { isMap } from '../value/kind.ts'
import { lookup } from '../value/lookup.ts'
import { entriesOf, keysOf } from '../value/map.ts'
import { callService } from './service.ts'

const group = 'Workflow'

export const WORKFLOW_FUNCTIONS: readonly FunctionDefinition[] = [
  {
    name: 'errorLogs',
    group,
    summary: 'All error logs of the execution, for alerts.',
    parameters: [],
    mayWait: true,
    examples: [{ template: '{{ errorLogs() }}' }],
    call: (_args, call) => callService('errorLogs', 'errorLogs', call, (read) => read()),
  },
  {
    name: 'currentEachOutput',
    group,
    summary: 'Inside loops: the output of the current iteration, without the keys of all loops around.',
    parameters: [{ name: 'outputs', type: 'map', summary: 'The outputs of a task in the same loop.' }],
    seesVariables: true,
    examples: [{ template: '{{ currentEachOutput(outputs.make_data).values.data }}' }],
    call: currentEachOutput,
  },
  {
    name: 'tasksWithState',
    group,
    summary: 'The task runs in a state: each with taskId and state, and value inside loops.',
    parameters: [{ name: 'state', type: 'text', summary: 'A state, in any case.' }],
    seesVariables: true,
    examples: [{ template: '{{ tasksWithState("FAILED") | jq(".[].taskId") }}' }],
    call: tasksWithState,
  },
  {
    name: 'iterationOutput',
    group,
    summary: 'The output of one iteration of a task in a loop.',
    parameters: [
      {
        name: 'taskId',
        type: 'map or text',
        summary: 'The outputs of the task, or its id.',
        isOptional: true,
        default: 'the current task',
      },
      {
        name: 'iteration',
        type: 'integer',
        summary: 'The iteration, counted from 0.',
        isOptional: true,
        default: 'the one before',
      },
    ],
    seesVariables: true,
    examples: [{ template: '{{ iterationOutput(outputs.myTask, 2).value }}' }],
    call: iterationOutput,
  },
  {
    name: 'parentOutput',
    group,
    summary: 'The output of a parent task.',
    parameters: [
      {
        name: 'index',
        type: 'integer',
        summary: 'Which ancestor; 0 is the nearest.',
        isOptional: true,
        default: '0',
      },
    ],
    seesVariables: true,
    examples: [{ template: '{{ parentOutput() }}' }],
    call: parentOutput,
  },
  {
    name: 'appLink',
    group,
    summary: 'The address of an app for this execution.',
    parameters: [
      { name: 'appId', type: 'text', summary: 'The app.', isOptional: true, default: "the flow's app" },
      {
        name: 'baseUrl',
        type: 'boolean',
        summary: 'Whether to give the base address only.',
        isOptional: true,
        default: 'false',
      },
    ],
    mayWait: true,
    examples: [{ template: '{{ appLink(appId="com.example.my-app") }}' }],
    call: ([appId, baseUrl], call) => {
      const id = optionalText(appId, 'appId', call)
      return callService('appLink', 'appLink', call, (link) =>
        link({ ...(id === undefined ? {} : { appId: id }), baseUrl: booleanArgument(baseUrl, false) }),
      )
    },
  },
]

function currentEachOutput([outputs]: readonly unknown[], call: Call): unknown {
  if (!isMap(outputs)) throw wrong('outputs', 'a map', outputs)
  const own = loopValue(call.variable('taskrun'))
  let current = outputsInLoops(outputs, call)
  if (own !== undefined) current = lookup(current, own)
  if (current === undefined) {
    throw new ExpressionError('EXPRESSION_UNDEFINED', 'The task has no output for the current iteration.')
  }
  return current
}

/** The part of a task's outputs that belongs to the loops around, which are keyed by their values, outermost first. */
function outputsInLoops(outputs: unknown, call: Call): unknown {
  const parents: unknown = call.variable('parents')
  if (!Array.isArray(parents)) return outputs
  let current = outputs
  for (const parent of parents.toReversed()) {
    const value = loopValue(lookup(parent, 'taskrun'))
    if (value !== undefined) current = lookup(current, value)
  }
  return current
}

function loopValue(taskRun: unknown): string | undefined {
  const value = lookup(taskRun, 'value')
  return value === undefined || value === null ? undefined : String(value)
}

function tasksWithState([state]: readonly unknown[], call: Call): unknown[] {
  const wanted = textArgument(state, 'state', call).toUpperCase()
  const tasks: unknown = call.variable('tasks')
  if (!isMap(tasks)) return []
  return entriesOf(tasks).flatMap(([taskId, runs]) => {
    call.charge(1)
    if (hasState(runs, wanted)) return [{ taskId, state: wanted }]
    if (!isMap(runs)) return []
    return entriesOf(runs).flatMap(([value, run]) =>
      hasState(run, wanted) ? [{ taskId, state: wanted, value }] : [],
    )
  })
}

function hasState(run: unknown, wanted: string): boolean {
  const state = isMap(run) ? lookup(run, 'state') : undefined
  return typeof state === 'string' && state.toUpperCase() === wanted
}

function iterationOutput([task, iteration]: readonly unknown[], call: Call): unknown {
  const outputs = taskOutputs(task, call)
  if (!isMap(outputs)) return null
  const index = iterationIndex(iteration, call)
  const perIteration = outputsInLoops(outputs, call)
  const keys = isMap(perIteration) ? keysOf(perIteration) : []
  if (index >= keys.length) {
    throw new ExpressionError('EXPRESSION_UNDEFINED', `Iteration ${index} has no output yet.`, {
      hint: keys.length === 0 ? 'There is none yet.' : `There are the iterations 0 to ${keys.length - 1}.`,
    })
  }
  return lookup(perIteration, keys[index])
}

function taskOutputs(task: unknown, call: Call): unknown {
  if (isMap(task)) return task
  const id = task === undefined || task === null ? lookup(call.variable('task'), 'id') : task
  return lookup(call.variable('outputs'), textArgument(id, 'taskId', call)) ?? null
}

function iterationIndex(iteration: unknown, call: Call): number {
  if (iteration !== undefined && iteration !== null) {
    const index = integerArgument(iteration, 'iteration')
    if (index < 0) throw wrong('iteration', '0 or more', iteration)
    return index
  }
  const current = lookup(call.variable('taskrun'), 'iteration')
  if (current === undefined) {
    throw new ExpressionError(
      'EXPRESSION_VALUE',
      'iterationOutput() stands outside of a loop: say which iteration.',
    )
  }
  const index = integerArgument(current, 'taskrun.iteration') - 1
  if (index < 0) throw new ExpressionError('EXPRESSION_UNDEFINED', 'There is no iteration before the first.')
  return index
}

function parentOutput([index]: readonly unknown[], call: Call): unknown {
  const parent = index === undefined || index === null ? call.variable('parent') : ancestor(index, call)
  const outputs = lookup(parent, 'outputs')
  if (outputs !== undefined) return outputs
  const id = lookup(lookup(parent, 'task'), 'id')
  const ofTask = typeof id === 'string' ? lookup(call.variable('outputs'), id) : undefined
  const value = loopValue(lookup(parent, 'taskrun'))
  return (value === undefined ? ofTask : lookup(ofTask, value)) ?? null
}

function ancestor(index: unknown, call: Call): unknown {
  const number = integerArgument(index, 'index')
  const parents: unknown = call.variable('parents')
  const count = Array.isArray(parents) ? parents.length : 0
  if (!Array.isArray(parents) || number < 0 || number >= count) {
    throw new ExpressionError('EXPRESSION_UNDEFINED', `There is no parent ${number}.`, {
      hint: count === 0 ? 'The task has no parents.' : `There are the parents 0 to ${count - 1}.`,
    })
  }
  return parents[number]
}
