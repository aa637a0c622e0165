import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { State } from './model.ts'
import { TERMINAL_STATES } from './model.ts'
import { createPlan as planWith } from './plan/plan.ts'
import { Harness, type Submit, task } from './testing/harness.ts'

describe('a sequential execution', () => {
  test('runs its tasks one after the other and ends SUCCESS with the documented histories', () => {
    const run = new Harness(planWith({ tasks: [task('a'), task('b')] }, true))
    run.run(() => 'SUCCESS')
    expect(run.rows.execution.state).toBe('SUCCESS')
    expect(run.rows.execution.outputs).toEqual({ done: true })
    expect(run.rows.execution.histories.map((change) => change.state)).toEqual([
      'CREATED',
      'RUNNING',
      'SUCCESS',
    ])
    const [a, b] = [...run.rows.taskRuns.values()]
    expect(a?.histories.map((change) => change.state)).toEqual(['CREATED', 'SUBMITTED', 'RUNNING', 'SUCCESS'])
    expect(a!.endedAtMs).toBeLessThanOrEqual(b!.createdAtMs)
    expect([a?.position, b?.position]).toEqual([0, 1])
  })

  test('stops at the first failure, runs errors and finally while RUNNING, then fails, then runs afterExecution', () => {
    const run = new Harness(
      planWith({
        tasks: [task('a'), task('b'), task('c')],
        errors: [task('e')],
        finally: [task('f')],
        afterExecution: [task('z')],
      }),
    )
    const stateSeenBy: Record<string, State> = {}
    run.run((taskId) => {
      stateSeenBy[taskId] = run.rows.execution.state
      return taskId === 'b' ? 'FAILED' : 'SUCCESS'
    })
    expect(run.states()).toEqual({ a: 'SUCCESS', b: 'FAILED', e: 'SUCCESS', f: 'SUCCESS', z: 'SUCCESS' })
    expect(stateSeenBy).toMatchObject({ e: 'RUNNING', f: 'RUNNING', z: 'FAILED' })
    expect(run.rows.execution).toMatchObject({ state: 'FAILED', isSettled: true })
  })

  test('runs finally, not errors, after success; a failing finally fails the execution', () => {
    const run = new Harness(planWith({ tasks: [task('a')], errors: [task('e')], finally: [task('f')] }))
    run.run((taskId) => (taskId === 'f' ? 'FAILED' : 'SUCCESS'))
    expect(run.states()).toEqual({ a: 'SUCCESS', f: 'FAILED' })
    expect(run.rows.execution.state).toBe('FAILED')
  })

  test('a failing afterExecution task cannot change the state', () => {
    const run = new Harness(planWith({ tasks: [task('a')], afterExecution: [task('z')] }))
    run.run((taskId) => (taskId === 'z' ? 'FAILED' : 'SUCCESS'))
    expect(run.rows.execution).toMatchObject({ state: 'SUCCESS', isSettled: true })
  })

  test('passes over disabled tasks without a task run and goes on after skipped ones', () => {
    const run = new Harness(planWith({ tasks: [task('a', { disabled: true }), task('b'), task('c')] }))
    run.run((taskId) => (taskId === 'b' ? 'SKIPPED' : 'SUCCESS'))
    expect(run.states()).toEqual({ b: 'SKIPPED', c: 'SUCCESS' })
    expect(run.rows.execution.state).toBe('SUCCESS')
  })

  test.each([
    [{ allowFailure: true }, 'FAILED', 'WARNING', 'WARNING'],
    [{ allowFailure: true, allowWarning: true }, 'FAILED', 'SUCCESS', 'SUCCESS'],
    [{}, 'WARNING', 'WARNING', 'WARNING'],
    [{ allowWarning: true }, 'WARNING', 'SUCCESS', 'SUCCESS'],
  ] as const)('a task with %j that ends %s is %s and the execution %s', (patch, answer, taskState, state) => {
    const run = new Harness(planWith({ tasks: [task('a', patch), task('b')] }))
    run.run((taskId) => (taskId === 'a' ? answer : 'SUCCESS'))
    expect(run.states()).toEqual({ a: taskState, b: 'SUCCESS' })
    expect(run.rows.execution.state).toBe(state)
  })

  test('a flow without runnable tasks succeeds at once', () => {
    const run = new Harness(planWith({ tasks: [task('a', { disabled: true })] }))
    run.run(() => 'SUCCESS')
    expect(run.rows.execution.state).toBe('SUCCESS')
  })

  test('a fault in its outputs fails the execution', () => {
    const run = new Harness(planWith({ tasks: [] }, true))
    run.send({ type: 'advance', atMs: 1 })
    run.send({
      type: 'outputsRendered',
      atMs: 2,
      result: { error: { code: 'EXPRESSION_UNDEFINED', message: 'no x' } },
    })
    expect(run.rows.execution).toMatchObject({ state: 'FAILED', error: { message: 'no x' } })
  })
})

describe('retries', () => {
  const retry = { type: 'constant', intervalMs: 100, maxAttempts: 3, warningOnRetry: false } as const

  test('count the first attempt: maxAttempts 3 makes three, then the task run fails', () => {
    const run = new Harness(planWith({ tasks: [task('a', { retry })] }))
    run.run(() => 'FAILED')
    const [a] = [...run.rows.taskRuns.values()]
    expect(a?.attempts.map((attempt) => [attempt.attempt, attempt.state])).toEqual([
      [0, 'FAILED'],
      [1, 'FAILED'],
      [2, 'FAILED'],
    ])
    expect(run.rows.execution.state).toBe('FAILED')
  })

  test('a success after a retry runs no errors task, and warns only when asked to', () => {
    for (const warningOnRetry of [false, true]) {
      const run = new Harness(
        planWith({ tasks: [task('a', { retry: { ...retry, warningOnRetry } })], errors: [task('e')] }),
      )
      run.run((_, attempt) => (attempt === 2 ? 'SUCCESS' : 'FAILED'))
      expect(run.states()).toEqual({ a: warningOnRetry ? 'WARNING' : 'SUCCESS' })
    }
  })

  test('stop when the next one would end after maxDuration', () => {
    const run = new Harness(
      planWith({
        tasks: [
          task('a', {
            retry: { type: 'constant', intervalMs: 100, maxDurationMs: 250, warningOnRetry: false },
          }),
        ],
      }),
    )
    run.run(() => 'FAILED')
    expect([...run.rows.taskRuns.values()][0]?.attempts).toHaveLength(3)
  })

  test('a lost attempt is run again under the same number and does not count', () => {
    const run = new Harness(planWith({ tasks: [task('a', { retry })] }))
    run.send({ type: 'advance', atMs: 1 })
    const first = run.take('submit')!
    run.start(first)
    run.finish(first, 'LOST')
    const second = run.take('submit')!
    expect(second).toMatchObject({ taskRunId: first.taskRunId, attempt: 0 })
    expect(second.attemptId).not.toBe(first.attemptId)
    const row = run.rows.taskRuns.get(first.taskRunId)!
    expect(row.histories.map((change) => change.state)).toEqual([
      'CREATED',
      'SUBMITTED',
      'RUNNING',
      'RESUBMITTED',
    ])
    expect(row.attempts.map((attempt) => attempt.state)).toEqual(['RESUBMITTED', 'SUBMITTED'])
  })

  test('attempts that are always lost fail in the end', () => {
    const run = new Harness(planWith({ tasks: [task('a')] }))
    run.send({ type: 'advance', atMs: 1 })
    for (let submit = run.take('submit'); submit; submit = run.take('submit')) run.finish(submit, 'LOST')
    expect(run.states()).toEqual({ a: 'FAILED' })
    expect(run.rows.execution.state).toBe('FAILED')
  })
})

describe('fencing', () => {
  test('a result counts once, and only from the latest attempt', () => {
    const run = new Harness(planWith({ tasks: [task('a'), task('b')] }))
    run.send({ type: 'advance', atMs: 1 })
    const old = run.take('submit')!
    run.crash()
    const current = run.take('submit')!
    run.finish(old, 'FAILED')
    expect(run.states()).toEqual({ a: 'RESUBMITTED' })
    run.finish(current, 'SUCCESS')
    run.finish(current, 'FAILED')
    expect(run.states()).toEqual({ a: 'SUCCESS', b: 'SUBMITTED' })
  })
})

describe('kill', () => {
  test('stops what runs, starts nothing more, and ends KILLED when all have ended', () => {
    const run = new Harness(planWith({ tasks: [task('a'), task('b')] }))
    run.send({ type: 'advance', atMs: 1 })
    const submit = run.take('submit')!
    run.start(submit)
    run.send({ type: 'killRequested', atMs: 5 })
    expect(run.rows.execution.state).toBe('KILLING')
    expect(run.take('kill')).toEqual({ type: 'kill', attemptId: submit.attemptId })
    run.finish(submit, 'KILLED')
    expect(run.rows.execution).toMatchObject({ state: 'KILLED', isSettled: true })
    expect(run.states()).toEqual({ a: 'KILLED' })
  })

  test('ends at once while a retry waits, and is ignored after the end', () => {
    const run = new Harness(
      planWith({ tasks: [task('a', { retry: { type: 'constant', intervalMs: 9, warningOnRetry: false } })] }),
    )
    run.send({ type: 'advance', atMs: 1 })
    run.finish(run.take('submit')!, 'FAILED')
    run.send({ type: 'killRequested', atMs: 5 })
    expect(run.rows.execution.state).toBe('KILLED')
    run.send({ type: 'killRequested', atMs: 6 })
    expect(run.rows.execution.histories.map((change) => change.state)).toEqual([
      'CREATED',
      'RUNNING',
      'KILLING',
      'KILLED',
    ])
  })
})

test('any order of events and any crash point leads to one documented end', () => {
  const answers = fc.constantFrom('SUCCESS', 'WARNING', 'FAILED', 'SKIPPED', 'LOST', 'KILLED' as const)
  const action = fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({ do: fc.constant('finish' as const), answer: answers, pick: fc.nat() }),
    },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('start' as const), pick: fc.nat() }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('wake' as const), pick: fc.nat() }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('crash' as const) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('repeat' as const), pick: fc.nat() }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('kill' as const) }) },
  )
  const tasks = (prefix: string) =>
    fc
      .array(
        fc.record({
          disabled: fc.boolean(),
          allowFailure: fc.boolean(),
          allowWarning: fc.boolean(),
          isRetried: fc.boolean(),
        }),
        { maxLength: 3 },
      )
      .map((list) =>
        list.map(({ isRetried, ...patch }, index) =>
          task(`${prefix}${index}`, {
            ...patch,
            ...(isRetried
              ? { retry: { type: 'constant', intervalMs: 5, maxAttempts: 2, warningOnRetry: true } as const }
              : {}),
          }),
        ),
      )
  fc.assert(
    fc.property(
      tasks('t'),
      tasks('e'),
      tasks('f'),
      tasks('z'),
      fc.boolean(),
      fc.array(action, { maxLength: 40 }),
      (t, e, f, z, hasOutputs, actions) => {
        const run = new Harness(planWith({ tasks: t, errors: e, finally: f, afterExecution: z }, hasOutputs))
        const seen: Submit[] = []
        run.send({ type: 'advance', atMs: 1 })
        const open = () => run.effects.filter((effect) => effect.type === 'submit')
        for (const act of actions) {
          const submits = open()
          for (const submit of submits) if (!seen.includes(submit)) seen.push(submit)
          if (act.do === 'finish' && submits.length > 0) {
            const submit = submits[act.pick % submits.length]!
            run.effects.splice(run.effects.indexOf(submit), 1)
            run.finish(submit, act.answer)
          } else if (act.do === 'start' && submits.length > 0) run.start(submits[act.pick % submits.length]!)
          else if (act.do === 'repeat' && seen.length > 0) {
            // Late or doubled: a result that was counted, or fenced off by a crash, must change nothing that ended.
            const submit = seen[act.pick % seen.length]!
            if (!submits.includes(submit)) {
              const before = run.rows.taskRuns.get(submit.taskRunId)
              run.finish(submit, 'FAILED')
              expect(run.rows.taskRuns.get(submit.taskRunId)).toBe(before)
            }
          } else if (act.do === 'wake') {
            const wake = run.take('wake')
            if (wake) run.send({ type: 'retryDue', atMs: ++run.nowMs, taskRunId: wake.taskRunId })
          } else if (act.do === 'crash') run.crash()
          else if (act.do === 'kill') run.send({ type: 'killRequested', atMs: ++run.nowMs })
        }
        // From wherever that led, an orderly world must bring it to its end.
        run.crash()
        run.run(() => 'SUCCESS')
        expect(run.rows.execution.isSettled).toBe(true)
        expect(TERMINAL_STATES.has(run.rows.execution.state)).toBe(true)
        for (const row of run.rows.taskRuns.values()) expect(TERMINAL_STATES.has(row.state)).toBe(true)
        const ids = [...run.rows.taskRuns.values()].map((row) => row.taskId)
        expect(new Set(ids).size).toBe(ids.length)
      },
    ),
    { numRuns: 3_000 },
  )
})
