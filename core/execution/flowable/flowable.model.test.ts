import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Decision, Effect } from '../events.ts'
import { ExecutionState } from '../execution-state.ts'
import type { TaskRunRecord } from '../model.ts'
import { TERMINAL_STATES } from '../model.ts'
import { createPlan } from '../plan/plan.ts'
import { ancestorsOf } from '../task-variables.ts'
import { Harness } from '../testing/harness.ts'
import { Model, type World } from '../testing/model.ts'
import { randomFlow, randomWorld } from '../testing/random-flow.ts'

const MAX_STEPS = 20_000
/** Fewer than an attempt may be lost before its task run fails. */
const MAX_CRASHES = 8

function keyOf(run: Harness, taskRun: TaskRunRecord): string {
  const values = [taskRun, ...ancestorsOf(taskRun, (id) => run.rows.taskRuns.get(id))]
    .flatMap(({ value }) => value ?? [])
    .toReversed()
  return [taskRun.taskId, ...values].join('/')
}

/** Does what one effect asks. */
function serve(run: Harness, effect: Effect, world: World): void {
  run.effects.splice(run.effects.indexOf(effect), 1)
  switch (effect.type) {
    case 'submit': {
      const key = keyOf(run, run.rows.taskRuns.get(effect.taskRunId)!)
      run.start(effect)
      return run.finish(effect, world.answer(key, effect.attempt))
    }
    case 'evaluate': {
      const taskRun = run.rows.taskRuns.get(effect.taskRunId)!
      return run.decide(effect, decisionOf(run, taskRun, world))
    }
    case 'wake':
      run.send({ type: 'retryDue', atMs: ++run.nowMs, taskRunId: effect.taskRunId })
      return
    default:
      return
  }
}

function decisionOf(run: Harness, taskRun: TaskRunRecord, world: World): Decision {
  const key = keyOf(run, taskRun)
  if (taskRun.state === 'CREATED') return world.decide(key, run.plan.places.get(taskRun.taskId)!.task)
  const iterations = run.state.progressOf(taskRun.taskRunId).started
  return { type: 'repeat', isMet: world.isMet(key, iterations), intervalMs: 5, failOnMaxReached: false }
}

/** What memory knows of an execution must be what its rows say. */
function expectRebuildable(run: Harness): void {
  const rebuilt = new ExecutionState(run.plan, run.rows.execution, run.rows.taskRuns.values())
  expect(rebuilt.openAttempts).toBe(run.state.openAttempts)
  expect([...rebuilt.unfinished].sort()).toEqual([...run.state.unfinished].sort())
  for (const parent of [undefined, ...rebuilt.unfinished])
    expect(rebuilt.progressOf(parent)).toEqual(run.state.progressOf(parent))
  expect(rebuilt.variables.outputs).toEqual(run.state.variables.outputs)
  expect(rebuilt.variables.tasks).toEqual(run.state.variables.tasks)
}

test('in any order of events, with crashes at any point, nested flows end as plain recursion says', () => {
  fc.assert(
    fc.property(
      randomFlow,
      fc.nat(),
      fc.array(fc.nat({ max: 999 }), { maxLength: 60 }),
      (sequences, seed, order) => {
        const world = randomWorld(seed)
        const run = new Harness(createPlan(sequences))
        let crashes = 0
        run.send({ type: 'advance', atMs: 1 })
        for (let step = 0; run.effects.length > 0 && step < MAX_STEPS; step++) {
          const draw = order[step] ?? 0
          if (draw % 20 === 19 && crashes++ < MAX_CRASHES) {
            expectRebuildable(run)
            run.crash()
          } else serve(run, run.effects[draw % run.effects.length]!, world)
        }
        const model = new Model(world)
        const state = model.run(sequences)
        const states = [...run.rows.taskRuns.values()].map((row) => [keyOf(run, row), row.state] as const)
        expect(new Map(states)).toEqual(model.states)
        expect(states).toHaveLength(model.count)
        expect(run.rows.execution).toMatchObject({ state, isSettled: true })
      },
    ),
    { numRuns: 10_000 },
  )
})

test('a kill at any moment, with events in any order, ends all that runs and starts nothing more', () => {
  fc.assert(
    fc.property(
      randomFlow,
      fc.nat(),
      fc.array(fc.nat({ max: 999 }), { maxLength: 60 }),
      fc.nat({ max: 40 }),
      (sequences, seed, order, killAt) => {
        const world = randomWorld(seed)
        const run = new Harness(createPlan({ ...sequences, afterExecution: [] }))
        run.send({ type: 'advance', atMs: 1 })
        for (let step = 0; run.effects.length > 0 && step < MAX_STEPS; step++) {
          if (step === killAt) run.send({ type: 'killRequested', atMs: ++run.nowMs })
          const count = run.rows.taskRuns.size
          const isKilled = run.rows.execution.state.startsWith('KILL')
          const draw = order[step] ?? 0
          if (isKilled && draw % 20 === 19) run.crash()
          const effect = run.effects[draw % run.effects.length]
          if (effect) serve(run, effect, world)
          if (isKilled) expect(run.rows.taskRuns.size).toBe(count)
        }
        expect(run.rows.execution.isSettled).toBe(true)
        for (const row of run.rows.taskRuns.values()) expect(TERMINAL_STATES.has(row.state)).toBe(true)
      },
    ),
    { numRuns: 2_000 },
  )
})
