/** The records of the wire, as far as the pages need them. What is empty is left out by the server. */
interface KeyValue {
  key: string
  value: string
}

interface Metric {
  key: string
  value: number
  timestamp: number
  step: number
}

type RunStatus = 'RUNNING' | 'SCHEDULED' | 'FINISHED' | 'FAILED' | 'KILLED'

export interface Experiment {
  experiment_id: string
  name: string
  artifact_location: string
  lifecycle_stage: string
  creation_time: number
  last_update_time: number
  tags?: KeyValue[]
}

interface RunInfo {
  run_id: string
  experiment_id: string
  run_name: string
  user_id?: string
  status: RunStatus
  start_time: number
  end_time?: number
  artifact_uri: string
  lifecycle_stage: string
}

interface Dataset {
  name: string
  digest: string
  source_type: string
  source: string
  schema?: string
  profile?: string
}

export interface Run {
  info: RunInfo
  data: { metrics?: Metric[]; params?: KeyValue[]; tags?: KeyValue[] }
  inputs?: { dataset_inputs?: { tags?: KeyValue[]; dataset: Dataset }[]; model_inputs?: { model_id: string }[] }
  outputs?: { model_outputs?: { model_id: string; step?: number }[] }
}

export interface RunRow {
  run_id: string
  experiment_id: string
  run_name: string
  user_id?: string
  status: RunStatus
  start_time: number
  end_time?: number
  lifecycle_stage: string
  metrics?: (number | null)[]
  /** the extremes of the metrics that were asked for as such */
  least?: (number | null)[]
  greatest?: (number | null)[]
  params?: (string | null)[]
  tags?: (string | null)[]
}

export interface Rows {
  runs?: RunRow[]
  next_page_token?: string
  total?: number
}

interface MetricKey {
  key: string
  min?: number
  max?: number
}

export interface Keys {
  metrics: MetricKey[]
  params: string[]
  tags: string[]
}

export interface Summary {
  run_id: string
  key: string
  points: number
  first: number
  last: number
  min?: number
  min_step?: number
  max?: number
  max_step?: number
}

export interface Curve {
  run_id: string
  key: string
  points: number
  x: number[]
  y: number[]
}

export interface FileInfo {
  path: string
  is_dir?: boolean
  file_size?: number
}

export interface LoggedModel {
  info: {
    model_id: string
    experiment_id: string
    name: string
    creation_timestamp_ms: number
    artifact_uri: string
    status: string
    model_type?: string
    source_run_id?: string
    tags?: KeyValue[]
    registrations?: { name: string; version: string }[]
  }
  data?: { params?: KeyValue[]; metrics?: Metric[] }
}

export interface ModelVersion {
  name: string
  version: string
  creation_timestamp: number
  last_updated_timestamp: number
  user_id?: string
  current_stage: string
  description?: string
  source?: string
  run_id?: string
  status: string
  status_message?: string
  tags?: KeyValue[]
  aliases?: string[]
  model_id?: string
}

export interface RegisteredModel {
  name: string
  creation_timestamp: number
  last_updated_timestamp: number
  description?: string
  latest_versions?: ModelVersion[]
  tags?: KeyValue[]
  aliases?: { alias: string; version: string }[]
}
