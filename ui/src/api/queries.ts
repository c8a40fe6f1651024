import { queryOptions } from '@tanstack/react-query'
import { get, send } from './client'
import type {
  Curve,
  Experiment,
  FileInfo,
  Keys,
  LoggedModel,
  ModelVersion,
  RegisteredModel,
  Rows,
  Run,
  RunRow,
  Summary,
} from './types'

export interface RowsAsk {
  experiment_ids: string[]
  filter?: string
  run_view_type?: 'ACTIVE_ONLY' | 'DELETED_ONLY' | 'ALL'
  order_by?: string[]
  max_results?: number
  page_token?: string
  /** how many runs of the order are left out first */
  skip?: number
  metrics?: string[]
  extremes?: string[]
  params?: string[]
  tags?: string[]
}

/** The protocol writes NaN as a text. */
const real = (value: number | string) => Number(value)

export async function fetchRows(ask: RowsAsk): Promise<Rows> {
  const rows = await send<Rows>('kiroku/runs/rows', ask)
  for (const row of rows.runs ?? [])
    if (row.metrics) row.metrics = row.metrics.map((value) => (value === null ? null : real(value)))
  return rows
}

/** All runs of a search, whatever that takes. */
export async function fetchAllRows(ask: RowsAsk): Promise<RunRow[]> {
  const all: RunRow[] = []
  let token: string | undefined
  do {
    const page = await fetchRows({ ...ask, page_token: token, max_results: 10_000 })
    all.push(...(page.runs ?? []))
    token = page.next_page_token
  } while (token)
  return all
}

export const experiments = (view: 'ACTIVE_ONLY' | 'DELETED_ONLY' = 'ACTIVE_ONLY') =>
  queryOptions({
    queryKey: ['experiments', view],
    queryFn: async () => {
      const all: Experiment[] = []
      let token: string | undefined
      do {
        const page: { experiments?: Experiment[]; next_page_token?: string } = await send('mlflow/experiments/search', {
          max_results: 1000,
          view_type: view,
          page_token: token,
          order_by: ['last_update_time DESC'],
        })
        all.push(...(page.experiments ?? []))
        token = page.next_page_token
      } while (token)
      return all
    },
  })

export const experiment = (id: string) =>
  queryOptions({
    queryKey: ['experiment', id],
    queryFn: async () =>
      (await get<{ experiment: Experiment }>('mlflow/experiments/get', { experiment_id: id })).experiment,
  })

export const keys = (experimentIds: string[]) =>
  queryOptions({
    queryKey: ['keys', experimentIds],
    queryFn: async (): Promise<Keys> => {
      const found = await send<Partial<Keys>>('kiroku/runs/keys', { experiment_ids: experimentIds })
      return { metrics: found.metrics ?? [], params: found.params ?? [], tags: found.tags ?? [] }
    },
    staleTime: 20_000,
  })

export const values = (experimentIds: string[], kind: 'PARAM' | 'TAG', key: string, containing: string) =>
  queryOptions({
    queryKey: ['values', experimentIds, kind, key, containing],
    queryFn: async () =>
      (
        await send<{ values?: string[] }>('kiroku/runs/values', {
          experiment_ids: experimentIds,
          kind,
          key,
          containing,
        })
      ).values ?? [],
    staleTime: 20_000,
  })

export const summaries = (runIds: string[], metricKeys: string[]) =>
  queryOptions({
    queryKey: ['summaries', runIds, metricKeys],
    queryFn: async () => {
      const found = await send<{ summaries?: Summary[] }>('kiroku/metrics/summaries', {
        run_ids: runIds,
        metric_keys: metricKeys,
      })
      return (found.summaries ?? []).map((s) => ({ ...s, first: real(s.first), last: real(s.last) }))
    },
    staleTime: 10_000,
  })

export type Axis = 'STEP' | 'TIME' | 'RELATIVE'
interface CurvesAsk {
  run_ids: string[]
  metric_keys: string[]
  axis: Axis
  from?: number
  to?: number
  buckets: number
}

export const curves = (ask: CurvesAsk) =>
  queryOptions({
    queryKey: ['curves', ask],
    queryFn: async () =>
      ((await send<{ curves?: Curve[] }>('kiroku/metrics/curves', ask)).curves ?? []).map((curve) => ({
        ...curve,
        y: curve.y.map(real),
      })),
    staleTime: 4_000,
    enabled: ask.run_ids.length > 0 && ask.metric_keys.length > 0,
    placeholderData: (before: Curve[] | undefined) => before,
  })

export const run = (id: string) =>
  queryOptions({
    queryKey: ['run', id],
    queryFn: async () => {
      const { run: found } = await get<{ run: Run }>('mlflow/runs/get', { run_id: id })
      for (const metric of found.data.metrics ?? []) metric.value = real(metric.value)
      return found
    },
  })

/** The files of a folder, of a run or of a logged model. */
export type Owner = { kind: 'run'; id: string } | { kind: 'model'; id: string }
export const files = (owner: Owner, path: string) =>
  queryOptions({
    queryKey: ['files', owner, path],
    queryFn: async () => {
      const all: FileInfo[] = []
      let token: string | undefined
      do {
        const page: { files?: FileInfo[]; next_page_token?: string } =
          owner.kind === 'run'
            ? await get('mlflow/artifacts/list', { run_id: owner.id, path: path || undefined, page_token: token })
            : await get(`mlflow/logged-models/${encodeURIComponent(owner.id)}/artifacts/directories`, {
                artifact_directory_path: path || undefined,
                page_token: token,
              })
        all.push(...(page.files ?? []))
        token = page.next_page_token
      } while (token)
      return all
    },
  })

export const fileAddress = (owner: Owner, path: string) =>
  owner.kind === 'run'
    ? `get-artifact?run_id=${encodeURIComponent(owner.id)}&path=${encodeURIComponent(path)}`
    : `ajax-api/2.0/mlflow/logged-models/${encodeURIComponent(owner.id)}/artifacts/files?artifact_file_path=${encodeURIComponent(path)}`

export const loggedModel = (id: string) =>
  queryOptions({
    queryKey: ['logged-model', id],
    queryFn: async () => (await get<{ model: LoggedModel }>(`mlflow/logged-models/${encodeURIComponent(id)}`)).model,
  })

export const models = (filter: string) =>
  queryOptions({
    queryKey: ['models', filter],
    queryFn: async () =>
      (
        await get<{ registered_models?: RegisteredModel[] }>('mlflow/registered-models/search', {
          filter: filter || undefined,
          max_results: 1000,
        })
      ).registered_models ?? [],
  })

export const model = (name: string) =>
  queryOptions({
    queryKey: ['model', name],
    queryFn: async () =>
      (await get<{ registered_model: RegisteredModel }>('mlflow/registered-models/get', { name })).registered_model,
  })

export const versions = (filter: string) =>
  queryOptions({
    queryKey: ['versions', filter],
    queryFn: async () =>
      (
        await get<{ model_versions?: ModelVersion[] }>('mlflow/model-versions/search', {
          filter,
          max_results: 2000,
          order_by: ['version_number DESC'],
        })
      ).model_versions ?? [],
  })

export interface Me {
  username: string
  is_admin?: boolean
  groups?: string[]
}

/** Who has signed in; null where nobody does. */
export const me = queryOptions({
  queryKey: ['me'],
  queryFn: async () => (await get<{ user?: Me }>('kiroku/users/current')).user ?? null,
  staleTime: Infinity,
})

export const quote = (text: string) => `'${text.replace(/'/g, "''")}'`
