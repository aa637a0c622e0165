import { requestService } from './request.ts'

/** The NATS server of this test run, shared: use names of your own. Undefined if the machine has none. */
export async function requestNats(): Promise<{ readonly host: string; readonly port: number } | undefined> {
  const connection = await requestService('nats')
  return connection === undefined
    ? undefined
    : { host: String(connection['host']), port: Number(connection['port']) }
}
