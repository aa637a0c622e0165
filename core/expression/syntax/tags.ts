/** One control tag as the parser, the reference page and the editor know it. */
export interface TagDefinition {
  readonly name: string
  /** The tag that closes it; absent for tags without a body. */
  readonly end?: string
  readonly signature: string
  readonly summary: string
  readonly examples: readonly { readonly template: string; readonly output: string }[]
}

export const TAGS = [
  {
    name: 'if',
    end: 'endif',
    signature: '{% if condition %} … {% elseif condition %} … {% else %} … {% endif %}',
    summary: 'Renders the first branch whose condition is true.',
    examples: [{ template: '{% if 1 > 2 %}a{% elseif true %}b{% else %}c{% endif %}', output: 'b' }],
  },
  {
    name: 'for',
    end: 'endfor',
    signature: '{% for item in items %} … {% else %} … {% endfor %}',
    summary:
      'Renders its body for each item of a list or each entry (key, value) of a map; the else part if there is none. `loop` has index (from 0), length, first, last, revindex.',
    examples: [
      { template: '{% for x in ["a","b"] %}{{ loop.index }}{{ x }}{% endfor %}', output: '0a1b' },
      { template: '{% for e in {"a": 1} %}{{ e.key }}={{ e.value }}{% endfor %}', output: 'a=1' },
      { template: '{% for x in [] %}x{% else %}none{% endfor %}', output: 'none' },
    ],
  },
  {
    name: 'set',
    signature: '{% set name = value %}',
    summary:
      'Defines a variable for the rest of the template; inside a loop it changes an outer variable of that name.',
    examples: [{ template: '{% set a = 1 %}{{ a + 1 }}', output: '2' }],
  },
  {
    name: 'filter',
    end: 'endfilter',
    signature: '{% filter name | name(arguments) %} … {% endfilter %}',
    summary: 'Applies filters, left to right, to what its body renders.',
    examples: [{ template: '{% filter lower | title %}HELLO world{% endfilter %}', output: 'Hello World' }],
  },
  {
    name: 'raw',
    end: 'endraw',
    signature: '{% raw %} … {% endraw %}',
    summary: 'Prints its content as it stands, delimiters included.',
    examples: [{ template: '{% raw %}{{ a }}{% endraw %}', output: '{{ a }}' }],
  },
  {
    name: 'verbatim',
    end: 'endverbatim',
    signature: '{% verbatim %} … {% endverbatim %}',
    summary: 'The same as raw.',
    examples: [{ template: '{% verbatim %}{% if %}{% endverbatim %}', output: '{% if %}' }],
  },
  {
    name: 'macro',
    end: 'endmacro',
    signature: '{% macro name(parameter, parameter="default") %} … {% endmacro %}',
    summary:
      'Defines a snippet that is called like a function and sees its parameters only; a parameter named _context holds the variables around.',
    examples: [{ template: '{% macro m(a, b="x") %}{{ a }}{{ b }}{% endmacro %}{{ m(1) }}', output: '1x' }],
  },
  {
    name: 'block',
    end: 'endblock',
    signature: '{% block "name" %} … {% endblock %}',
    summary:
      'Renders its body, which a template that extends this one may override and block("name") prints again.',
    examples: [{ template: '{% block "a" %}x{% endblock %}{{ block("a") }}', output: 'xx' }],
  },
  {
    name: 'extends',
    signature: '{% extends "template" %}',
    summary: 'Renders the named template with the blocks of this one in place of its own.',
    examples: [],
  },
  {
    name: 'include',
    signature: '{% include "template" with {"name": value} %}',
    summary: 'Renders the named template in place, with the variables around and those given.',
    examples: [],
  },
  {
    name: 'embed',
    end: 'endembed',
    signature: '{% embed "template" %} {% block "name" %} … {% endblock %} {% endembed %}',
    summary: 'Includes the named template with some of its blocks overridden.',
    examples: [],
  },
  {
    name: 'import',
    signature: '{% import "template" as name %}',
    summary:
      'Makes the macros of the named template callable as name.macro(…), or by their own names without "as".',
    examples: [],
  },
  {
    name: 'from',
    signature: '{% from "template" import macro as name, other %}',
    summary: 'Makes single macros of the named template callable.',
    examples: [],
  },
  {
    name: 'flush',
    signature: '{% flush %}',
    summary: 'Does nothing: output is handed over whole.',
    examples: [{ template: 'a{% flush %}b', output: 'ab' }],
  },
  {
    name: 'cache',
    end: 'endcache',
    signature: '{% cache "name" %} … {% endcache %}',
    summary: 'Renders its body. Nothing is cached: templates are compiled and their data differ.',
    examples: [{ template: '{% cache "a" %}x{% endcache %}', output: 'x' }],
  },
  {
    name: 'parallel',
    end: 'endparallel',
    signature: '{% parallel %} … {% endparallel %}',
    summary: 'Renders its body, in order.',
    examples: [{ template: '{% parallel %}x{% endparallel %}', output: 'x' }],
  },
] as const satisfies readonly TagDefinition[]

export type TagName = (typeof TAGS)[number]['name']

const names: ReadonlySet<string> = new Set(TAGS.map((tag) => tag.name))

export function isTagName(name: string): name is TagName {
  return names.has(name)
}
