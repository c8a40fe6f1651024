import { describe, expect, it } from 'vitest'
import type { Import } from '../api/types'
import { emptyForm, formOf, progressOf, requestOf, takesCredentials } from './importForm'

const earlier: Import = {
  import_id: 1,
  state: 'INTERRUPTED',
  source: '/srv/mlruns',
  started_by: 'ann',
  start_time: 1000,
  update_time: 3000,
  options: { map_experiment: ['auto', '3=17'], rename: ['a=b'], prefix: 'x ' },
  progress: { runs: 10, points: 990, runs_total: 20, points_total: 1980 },
  summary: { problem_count: 0, conflict_count: 0 },
}

describe('the form', () => {
  it('sends only what is filled in', () =>
    expect(requestOf({ ...emptyForm, source: ' /srv ' }, true)).toEqual({
      source: '/srv',
      map_experiment: [],
      rename: [],
      dry_run: true,
    }))
  it('repeats an earlier import', () =>
    expect(requestOf(formOf(earlier), false)).toEqual({
      source: '/srv/mlruns',
      map_experiment: ['auto', '3=17'],
      rename: ['a=b'],
      prefix: 'x ',
      dry_run: false,
    }))
  it('asks for credentials of servers and databases only', () =>
    expect(['https://a', 'postgresql://a/b', '/srv', 'sqlite:////srv/a.db', ''].map(takesCredentials)).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]))
})

describe('the progress', () => {
  it('has a rate and the time left', () => expect(progressOf(earlier)).toEqual({ share: 0.5, rate: 495, left: 2000 }))
  it('has no end if the source was not counted', () =>
    expect(progressOf({ ...earlier, progress: { runs: 5, points: 100 } })).toEqual({ rate: 50 }))
})
