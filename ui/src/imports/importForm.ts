import type { StartImportRequest } from '../api/generated'
import type { Import } from '../api/types'

/** What the form of an import holds. */
export interface ImportForm {
  source: string
  username: string
  password: string
  prefix: string
  /** whether experiments whose name or ID is taken are merged or get new IDs */
  auto: boolean
  /** lines `old=new` */
  rename: string
  /** lines `ID in the source=ID here` */
  map: string
}

export const emptyForm: ImportForm = {
  source: '',
  username: '',
  password: '',
  prefix: '',
  auto: false,
  rename: '',
  map: '',
}

const lines = (text: string) =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)

/** Returns the request that a form describes. */
export function requestOf(form: ImportForm, dryRun: boolean): StartImportRequest {
  return {
    source: form.source.trim(),
    username: form.username || undefined,
    password: form.password || undefined,
    map_experiment: [...(form.auto ? ['auto'] : []), ...lines(form.map)],
    rename: lines(form.rename),
    prefix: form.prefix || undefined,
    dry_run: dryRun,
  }
}

/** Returns the form that describes an earlier import, without the user name and password, which are not stored. */
export function formOf(earlier: Import): ImportForm {
  const map = earlier.options.map_experiment ?? []
  return {
    ...emptyForm,
    source: earlier.source,
    prefix: earlier.options.prefix,
    auto: map.includes('auto'),
    rename: (earlier.options.rename ?? []).join('\n'),
    map: map.filter((line) => line !== 'auto').join('\n'),
  }
}

/** Returns whether a source may need a user name and a password; a file needs none. */
export const takesCredentials = (source: string) => !/^\s*($|\/|file:|sqlite)/i.test(source)

/** Returns how far an import is. */
export function progressOf({ progress, start_time, update_time }: Import): {
  /** from 0 to 1; undefined if the source was not counted */
  share?: number
  /** metric points in a second; undefined at the beginning */
  rate?: number
  /** milliseconds; undefined if it is not known */
  left?: number
} {
  const elapsed = update_time - start_time
  const total = (progress.runs_total ?? 0) + (progress.points_total ?? 0)
  const done = progress.runs + progress.points
  const counted = progress.points_total !== undefined && total > 0
  return {
    share: counted ? Math.min(1, done / total) : undefined,
    rate: elapsed > 0 && progress.points > 0 ? Math.round((progress.points / elapsed) * 1000) : undefined,
    left: counted && done > 0 && done <= total ? (elapsed * (total - done)) / done : undefined,
  }
}
