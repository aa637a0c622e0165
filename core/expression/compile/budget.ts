import { ExpressionError } from '../errors.ts'
import { MAX_CALL_DEPTH, MAX_OUTPUT_LENGTH, MAX_SERVICE_CALLS, MAX_WORK } from '../limits.ts'
import type { Meter } from '../value/meter.ts'

/** What one rendering may still use up, shared by everything nested in it. */
export class Budget implements Meter {
  // Plain fields: this is made for every rendering, and private ones cost three times as much to set up.
  work = MAX_WORK
  serviceCalls = MAX_SERVICE_CALLS
  depth = 0

  charge(units: number): void {
    this.work -= units
    if (this.work < 0) {
      throw new ExpressionError(
        'EXPRESSION_LIMIT',
        `The template does more than ${MAX_WORK} units of work.`,
        {
          hint: 'Loop over less, or do the work in a script or a plugin.',
        },
      )
    }
  }

  countServiceCall(): void {
    if (--this.serviceCalls < 0) {
      throw new ExpressionError(
        'EXPRESSION_LIMIT',
        `A template may read outside data ${MAX_SERVICE_CALLS} times.`,
      )
    }
  }

  enter(): void {
    if (++this.depth > MAX_CALL_DEPTH) {
      throw new ExpressionError(
        'EXPRESSION_LIMIT',
        `Macros, blocks and render() nest deeper than ${MAX_CALL_DEPTH}.`,
        {
          hint: 'Look for one that calls itself.',
        },
      )
    }
  }

  leave(): void {
    this.depth--
  }
}

export function checkOutput(length: number): void {
  if (length > MAX_OUTPUT_LENGTH) {
    throw new ExpressionError('EXPRESSION_LIMIT', `A template may print ${MAX_OUTPUT_LENGTH} characters.`)
  }
}
