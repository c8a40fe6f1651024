import type { PermissionLevel } from '../api/types'
import { messages, type Key } from '../shell/messages'
import type { Translate } from '../shell/settings'

/** The types of resources that forms offer. Grants on other types are shown, and made with the command line. */
export const TYPES = [
  'experiment',
  'run',
  'logged_model',
  'registered_model',
  'registered_model_version',
  'prompt',
  'prompt_version',
  'report',
  'gate',
  'webhook',
  'queue',
  'workspace',
  'server',
] as const

/** The types whose patterns name experiments. */
const OF_EXPERIMENTS = new Set(['experiment', 'run', 'logged_model', 'trace', 'assessment', 'review_queue'])
const ID = /^[0-9]{1,18}$/

/** The levels of grants, from the lowest. */
export const LEVELS: PermissionLevel[] = ['READ', 'USE', 'EDIT', 'MANAGE', 'DENY']

/** Returns the levels that can be granted on a type. */
export const levelsOf = (type: string): PermissionLevel[] => (type === 'workspace' ? ['USE', 'MANAGE'] : LEVELS)

/** Returns whether grants on a type can only name all of its resources. */
export const isWhole = (type: string) => type === 'workspace' || type === 'server'

/** Splits a text such as `experiment/team-a/*` into the type and the pattern. */
export function splitResource(text: string): { type: string; pattern: string } {
  const slash = text.indexOf('/')
  return slash < 0 ? { type: text, pattern: '*' } : { type: text.slice(0, slash), pattern: text.slice(slash + 1) }
}

/** Splits a grant such as `EDIT experiment/team-a/*`. */
export function splitGrant(text: string): { level: PermissionLevel; resources: string } {
  const space = text.indexOf(' ')
  return { level: text.slice(0, space) as PermissionLevel, resources: text.slice(space + 1) }
}

/** Returns the IDs of the experiments that resources such as `experiment/7` or `run/7` name. */
export function experimentIds(resources: string[]): string[] {
  const named = resources.map(splitResource).filter(({ type, pattern }) => OF_EXPERIMENTS.has(type) && ID.test(pattern))
  return [...new Set(named.map(({ pattern }) => pattern))].sort()
}

/** Splits a holder such as `group:ml`. */
export function splitHolder(text: string): { kind: 'user' | 'group' | 'role'; name: string } {
  const colon = text.indexOf(':')
  return { kind: text.slice(0, colon) as 'user' | 'group' | 'role', name: text.slice(colon + 1) }
}

/** Returns the exact pattern of a name, in which a star at the end is no wildcard. */
export const exactPattern = (name: string) => (name.endsWith('*') ? `${name.slice(0, -1)}\\*` : name)

/** Returns the name of a type of resource in the language of the page. */
export function typeText(type: string, t: Translate): string {
  const key = `type_${type}`
  return key in messages ? t(key as Key) : type
}

/** Returns the text of a resource: its type and name, such as “experiment team-a/fraud”. */
export function resourceText(text: string, t: Translate): string {
  const { type, pattern } = splitResource(text)
  if (type === 'server') return t('type_server')
  return pattern === '*' ? t('allOfType', { type: typeText(type, t) }) : `${typeText(type, t)} ${pattern}`
}

/** Returns the text of a holder: the name of a user, or the kind and name of a group or role. */
export function holderText(holder: string, t: Translate): string {
  const { kind, name } = splitHolder(holder)
  return kind === 'user' ? name : t(kind === 'group' ? 'groupNamed' : 'roleNamed', { name })
}
