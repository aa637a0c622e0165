import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { BenchServer } from './bench-server.ts'
import { LoadClient } from './execution/load-client.ts'
import { startFloorProcess } from './floor-process.ts'
import { type Measurement, percentile } from './measurement.ts'

const CONNECTIONS = 32
const WARM_UP_MS = 3_000
const ROUND_MS = 3_000
const ROUNDS = 3
const PER_MINUTE = 250
const SAMPLES = 250

const FLOW = `id: two-tasks
namespace: bench.execution
tasks:
  - id: first
    type: io.kestra.plugin.core.output.OutputValues
    values:
      greeting: Hello
  - id: second
    type: io.kestra.plugin.core.debug.Return
    format: "{{ outputs.first.values.greeting }}, world"
`

/**
 * Executions of a flow of two tasks through the API, each from the request to its end, over a Koa server that commits one
 * row a request. About 90 s.
 */
export async function benchExecution(): Promise<readonly Measurement[]> {
  await using server = await BenchServer.start()
  await server.saveFlow(FLOW)
  await using koa = await startFloorProcess('execution/koa-commit-server.ts', [
    join(server.scratchDir, 'floor.db'),
  ])
  const target = new URL('/api/v1/main/executions/bench.execution/two-tasks?wait=true', server.process.url)
  using ours = new LoadClient(target.href, CONNECTIONS, { authorization: server.api.authorization ?? '' })
  using floor = new LoadClient(koa.url, CONNECTIONS)
  return [await throughput(ours, floor), ...(await latency(ours, floor))]
}

async function throughput(ours: LoadClient, floor: LoadClient): Promise<Measurement> {
  await ours.rate(CONNECTIONS, WARM_UP_MS)
  await floor.rate(CONNECTIONS, WARM_UP_MS / 3)
  const rates: number[] = []
  const floorRates: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    rates.push(await ours.rate(CONNECTIONS, ROUND_MS))
    floorRates.push(await floor.rate(CONNECTIONS, ROUND_MS))
  }
  const value = percentile(rates, 0.5)
  const least = percentile(floorRates, 0.5)
  return {
    name: `executions of two tasks, ${CONNECTIONS} connections, over Koa and a commit`,
    value,
    unit: 'ended/s',
    floor: least,
    ratio: value / least,
  }
}

/** In turns at a steady pace, whether or not the one before was answered: a slow answer does not thin out the load. */
async function latency(ours: LoadClient, floor: LoadClient): Promise<readonly Measurement[]> {
  const pauseMs = 60_000 / PER_MINUTE / 2
  const answers: Promise<number>[] = []
  const floorAnswers: Promise<number>[] = []
  for (let index = 0; index < SAMPLES; index++) {
    answers.push(ours.post())
    await delay(pauseMs)
    floorAnswers.push(floor.post())
    await delay(pauseMs)
  }
  const [values, floors] = await Promise.all([Promise.all(answers), Promise.all(floorAnswers)])
  return [0.5, 0.99].map((fraction) => {
    const value = percentile(values, fraction)
    const least = percentile(floors, fraction)
    return {
      name: `execution of two tasks, ${PER_MINUTE} a minute, request to end, p${fraction * 100}`,
      value,
      unit: 'ms',
      floor: least,
      ratio: value / least,
    }
  })
}
