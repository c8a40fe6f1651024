import type { Experiment, ModelVersion, RegisteredModel, Report, RunRow } from '../api/types'
import type { Key } from '../shell/messages'

/** Something that a search has found. */
export interface Hit {
  /** the kind, in front of the text */
  kind: Key
  text: string
  /** what tells it apart from others of the same name */
  note?: string
  /** the address in the fragment, such as `/models/iris` */
  to: string
}

/** A page, with words by which it is found besides its title. */
interface PageEntry {
  title: Key
  also: string
  to: string
  /** who is offered it */
  audience?: 'administrators' | 'users'
}

const PAGES: PageEntry[] = [
  { title: 'experiments', also: 'runs home ラン', to: '/experiments' },
  { title: 'models', also: 'registry', to: '/models' },
  { title: 'reports', also: '', to: '/reports' },
  { title: 'approvals', also: 'governance', to: '/governance' },
  { title: 'gates', also: 'governance', to: '/governance?tab=gates' },
  { title: 'audit', also: 'governance', to: '/governance?tab=audit', audience: 'administrators' },
  { title: 'webhooks', also: 'governance', to: '/governance?tab=webhooks', audience: 'administrators' },
  { title: 'import', also: 'mlflow migrate', to: '/import', audience: 'administrators' },
  { title: 'access', also: 'users groups roles permissions', to: '/access', audience: 'administrators' },
  { title: 'account', also: 'tokens sessions password', to: '/account', audience: 'users' },
]

/** Returns the words of a text, in lower case. */
export const wordsOf = (text: string) => text.toLowerCase().split(/\s+/).filter(Boolean)

const containsAll = (text: string, words: string[]) => words.every((word) => text.toLowerCase().includes(word))

/**
 * Returns the pages whose title contains all words.
 *
 * @param title returns the title of a page in the language of the user
 * @param me `administrator`, `user`, or undefined without authentication, where everybody administers the server
 */
export function pagesFor(
  words: string[],
  title: (key: Key) => string,
  me: 'administrator' | 'user' | undefined,
): Hit[] {
  return PAGES.filter(
    ({ audience, to }) =>
      audience === undefined ||
      (audience === 'users' ? me !== undefined : me === 'administrator' || (me === undefined && to !== '/access')),
  )
    .filter((page) => containsAll(`${title(page.title)} ${page.also} ${page.to}`, words))
    .map((page) => ({ kind: 'page', text: title(page.title), to: page.to }))
}

/** Returns a filter of the search language: a field contains all words, whatever their case. */
export function containsFilter(field: string, words: string[]): string {
  return words.map((word) => `${field} ILIKE '%${word.replace(/'/g, "''")}%'`).join(' AND ')
}

/** Splits `iris 3`, `iris v3` or `iris/3` into a name and the number of a version; undefined if there is no number. */
export function versionOf(text: string): { words: string[]; version: number } | undefined {
  const [, name, version] = /^(.*\S)[\s/@]+v?(\d{1,9})$/i.exec(text.trim()) ?? []
  return name === undefined ? undefined : { words: wordsOf(name), version: Number(version) }
}

export const experimentHit = (experiment: Experiment): Hit => ({
  kind: 'experiment',
  text: experiment.name,
  note: experiment.experiment_id,
  to: `/experiments/${experiment.experiment_id}`,
})

export const runHit = (run: Pick<RunRow, 'run_id' | 'run_name' | 'experiment_id'>, experiment?: string): Hit => ({
  kind: 'run',
  text: run.run_name,
  note: experiment ?? run.run_id.slice(0, 8),
  to: `/experiments/${run.experiment_id}/runs/${run.run_id}`,
})

export const modelHit = (model: RegisteredModel): Hit => ({
  kind: 'model',
  text: model.name,
  to: `/models/${encodeURIComponent(model.name)}`,
})

export const versionHit = (version: ModelVersion): Hit => ({
  kind: 'version',
  text: `${version.name} v${version.version}`,
  note: (version.aliases ?? []).map((alias) => `@${alias}`).join(' ') || undefined,
  to: `/models/${encodeURIComponent(version.name)}/versions/${version.version}`,
})

export const reportHit = (report: Report): Hit => ({
  kind: 'report',
  text: report.title,
  to: `/reports/${report.report_id}`,
})

/** Orders hits: the same text first, then those that begin with it; otherwise as they were. */
export function ranked(hits: Hit[], text: string): Hit[] {
  const wanted = text.trim().toLowerCase()
  const rank = (hit: Hit) => {
    const found = hit.text.toLowerCase()
    return found === wanted ? 0 : found.startsWith(wanted) ? 1 : 2
  }
  return wanted ? [...hits].sort((a, b) => rank(a) - rank(b)) : hits
}
