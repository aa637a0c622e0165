import validatePackageName from 'validate-npm-package-name'
import { SdkError } from '../errors.ts'
import { GROUP_PATTERN } from '../manifest/index.ts'

/** What is asked of an author before a project is made. */
export interface ScaffoldAnswers {
  /** npm name, such as `@acme/plugin-text`. */
  readonly name: string
  /** What people call the plugin, such as `Text`. */
  readonly title: string
  /** Dotted prefix of its type ids, such as `com.acme.plugin.text`. */
  readonly group: string
  /** One sentence. */
  readonly description: string
  /** Where the SDK comes from and where the plugin is published. */
  readonly registryUrl: string
}

const MAX_TITLE_LENGTH = 80
const MAX_DESCRIPTION_LENGTH = 500
const MAX_GROUP_LENGTH = 200

/** @throws SdkError `PLUGIN_SCAFFOLD_REFUSED` that names every answer which cannot be used */
export function checkAnswers(answers: ScaffoldAnswers): void {
  const faults = [
    ...nameFaults(answers.name),
    ...groupFaults(answers.group),
    ...textFaults('title', answers.title, MAX_TITLE_LENGTH),
    ...textFaults('description', answers.description, MAX_DESCRIPTION_LENGTH),
    ...registryFaults(answers.registryUrl),
  ]
  if (faults.length === 0) return
  throw new SdkError('PLUGIN_SCAFFOLD_REFUSED', faults.join(' '), {
    hint: 'For example: name @acme/plugin-text, title Text, group com.acme.plugin.text.',
  })
}

function nameFaults(name: string): readonly string[] {
  const { validForNewPackages, errors = [], warnings = [] } = validatePackageName(name)
  return validForNewPackages
    ? []
    : [`"${name}" is not a valid npm name: ${[...errors, ...warnings].join('; ')}.`]
}

function groupFaults(group: string): readonly string[] {
  if (group.length <= MAX_GROUP_LENGTH && new RegExp(GROUP_PATTERN).test(group)) return []
  return [`"${group}" is not a valid group: use dotted names in lower case.`]
}

function textFaults(what: 'title' | 'description', text: string, maxLength: number): readonly string[] {
  if (text.trim() === '') return [`The ${what} is empty.`]
  if (text.length > maxLength) return [`The ${what} has more than ${maxLength} characters.`]
  return /\p{Cc}/u.test(text) ? [`The ${what} must be one line.`] : []
}

function registryFaults(registryUrl: string): readonly string[] {
  const protocol = URL.parse(registryUrl)?.protocol
  const isUsable = (protocol === 'http:' || protocol === 'https:') && !/\s/.test(registryUrl)
  return isUsable ? [] : [`"${registryUrl}" is not the address of a registry.`]
}
