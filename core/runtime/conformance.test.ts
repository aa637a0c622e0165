import { describeRuntime } from './testing/describe-runtime.ts'

describeRuntime('isolate')
describeRuntime('node')
