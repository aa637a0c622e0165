import { PLUGIN_API_VERSION } from '../../manifest/index.ts'
import type { ScaffoldAnswers } from '../answers.ts'

const VITEST_RANGE = '^5.1.1'
const NODE_TYPES_RANGE = '^24.0.0'
/** What tests run on, whatever the machine has: the flow test needs the platform's own Node. */
const NODE_RANGE = '^24.21.0'

/** What makes the folder a project: its package, compiler and npm settings. */
export function projectFiles(answers: ScaffoldAnswers, sdkVersion: string): Readonly<Record<string, string>> {
  return {
    'package.json': `${JSON.stringify(packageJson(answers, sdkVersion), null, 2)}\n`,
    'tsconfig.json': json(TSCONFIG),
    'test/tsconfig.json': json(TEST_TSCONFIG),
    '.npmrc': `@pinion:registry=${answers.registryUrl}\n`,
    '.gitignore': 'node_modules/\ndist/\n.pinion/\n*.tgz\n*.log\n',
    'CHANGELOG.md': '# Changelog\n\n## 0.1.0\n\n- First version.\n',
  }
}

function packageJson({ name, title, group, description, registryUrl }: ScaffoldAnswers, sdkVersion: string) {
  return {
    name,
    version: '0.1.0',
    description,
    license: 'Apache-2.0',
    type: 'module',
    files: ['dist', 'CHANGELOG.md'],
    scripts: {
      build: 'pinion-plugin build',
      check: 'pinion-plugin check',
      types: 'pinion-plugin types',
      pretest: 'pinion-plugin build',
      test: 'vitest run',
      prepack: 'pinion-plugin build',
    },
    pinion: {
      group,
      title,
      runtime: 'isolate',
      requires: `^${PLUGIN_API_VERSION}`,
      permissions: {},
    },
    devDependencies: {
      '@pinion/core': `^${sdkVersion}`,
      '@pinion/plugin-sdk': `^${sdkVersion}`,
      '@types/node': NODE_TYPES_RANGE,
      node: NODE_RANGE,
      vitest: VITEST_RANGE,
    },
    // npm runs no other package's install script.
    allowScripts: { esbuild: true, 'isolated-vm': true, node: true },
    publishConfig: { registry: registryUrl },
  }
}

/** The code runs in an isolate, which has web APIs: Node's types must not be in sight. */
const TSCONFIG = {
  compilerOptions: {
    target: 'es2024',
    lib: ['es2024', 'webworker'],
    types: [],
    module: 'preserve',
    moduleResolution: 'bundler',
    strict: true,
    noEmit: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    allowImportingTsExtensions: true,
    erasableSyntaxOnly: true,
    verbatimModuleSyntax: true,
    isolatedModules: true,
    skipLibCheck: true,
  },
  include: ['src'],
}

const TEST_TSCONFIG = {
  extends: '../tsconfig.json',
  compilerOptions: { lib: ['es2024'], types: ['node'] },
  include: ['.'],
}

/** As formatters write it: lists of words on one line. */
function json(value: object): string {
  const text = JSON.stringify(value, null, 2)
  return `${text.replaceAll(/\[\s+([^[\]{}]*?)\s+\]/g, (_list, items: string) => `[${items.replaceAll(/\s*\n\s*/g, ' ')}]`)}\n`
}
