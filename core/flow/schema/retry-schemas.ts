import type { JsonSchema } from '@pinion/plugin-sdk/manifest'
import { byType, closed, DURATION, described, FLAG } from './vocabulary.ts'

const ATTEMPTS: JsonSchema = {
  type: 'integer',
  minimum: 1,
  description: 'How often the task runs at most, the first attempt included.',
}

const EVERY: Readonly<Record<string, JsonSchema>> = {
  type: { enum: ['constant', 'exponential', 'random'] },
  maxAttempts: ATTEMPTS,
  maxAttempt: { ...ATTEMPTS, deprecated: true },
  maxDuration: described(DURATION, 'Over all attempts and the waits between them, as an ISO 8601 duration.'),
  warningOnRetry: described(FLAG, 'Whether a success after a retry ends in WARNING.'),
  behavior: {
    enum: ['RETRY_FAILED_TASK', 'CREATE_NEW_EXECUTION'],
    description: 'What is run again. A task can only run itself again.',
  },
}

/** @see the reference's page on retries */
export const RETRY: JsonSchema = byType(
  {
    constant: closed({ ...EVERY, interval: DURATION }, ['interval']),
    exponential: closed(
      {
        ...EVERY,
        interval: described(DURATION, 'The first wait, as an ISO 8601 duration.'),
        maxInterval: described(DURATION, 'No wait is longer; an ISO 8601 duration.'),
        delayFactor: {
          type: 'number',
          minimum: 1,
          description: 'Each wait is so many times the one before; 2 unless set.',
        },
      },
      ['interval', 'maxInterval'],
    ),
    random: closed({ ...EVERY, minInterval: DURATION, maxInterval: DURATION }, [
      'minInterval',
      'maxInterval',
    ]),
  },
  { title: 'Retry', description: 'How often, and after which waits, a failed attempt is repeated.' },
)
