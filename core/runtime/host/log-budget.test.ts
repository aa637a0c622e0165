import { expect, test } from 'vitest'
import { LOG_BURST_CHARS, LOG_CHARS_PER_SECOND, LOG_LINE_OVERHEAD_CHARS } from '../limits.ts'
import { LogBudget } from './log-budget.ts'

test('a burst is allowed, then so much a second, and what is dropped is counted once', () => {
  const budget = new LogBudget(0)
  expect(budget.take(LOG_BURST_CHARS - LOG_LINE_OVERHEAD_CHARS, 0)).toBe(true)
  expect(budget.take(1, 0)).toBe(false)
  expect(budget.take(1, 0)).toBe(false)
  expect(budget.takeDropped()).toBe(2)
  expect(budget.takeDropped()).toBe(0)
  expect(budget.take(LOG_CHARS_PER_SECOND - LOG_LINE_OVERHEAD_CHARS, 1_000)).toBe(true)
  expect(budget.take(1, 1_000)).toBe(false)
})

test('empty lines cost too', () => {
  const budget = new LogBudget(0)
  let lines = 0
  while (budget.take(0, 0)) lines++
  expect(lines).toBe(Math.floor(LOG_BURST_CHARS / LOG_LINE_OVERHEAD_CHARS))
})
