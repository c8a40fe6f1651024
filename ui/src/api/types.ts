/**
 * The records of the API as the pages use them. They are derived from the generated types: fields that the server always sends are
 * required, and numbers are numbers (see {@link toNumber}).
 */
import type * as wire from './generated'

/** A type with some fields that are always present. */
type Present<T, K extends keyof T> = Omit<T, K> & Required<Pick<T, K>>

/** A type with other types for some fields. */
type Replace<T, F> = Omit<T, keyof F> & F

export type { CurveAxis as Axis, KeyKind, RunRowsRequest, RunStatus, ViewType } from './generated'

export type KeyValue = Required<wire.KeyValue>
export type Metric = Replace<Present<wire.Metric, 'key'>, { value: number }>

export type Experiment = Replace<
  Present<wire.Experiment, 'experiment_id' | 'name' | 'creation_time' | 'last_update_time'>,
  { tags?: KeyValue[] }
>

export type RunInfo = Present<
  wire.RunInfo,
  'run_id' | 'experiment_id' | 'run_name' | 'status' | 'start_time' | 'artifact_uri' | 'lifecycle_stage'
>
export type Dataset = Present<wire.Dataset, 'name' | 'digest' | 'source_type' | 'source'>
export interface Run {
  info: RunInfo
  data: { metrics?: Metric[]; params?: KeyValue[]; tags?: KeyValue[] }
  inputs?: { dataset_inputs?: { tags?: KeyValue[]; dataset: Dataset }[]; model_inputs?: Required<wire.ModelInput>[] }
  outputs?: { model_outputs?: Present<wire.ModelOutput, 'model_id'>[] }
}

/** A run with the values that were requested, in the order of the request; null where the run has none. */
export type RunRow = Replace<
  Present<wire.RunRow, 'run_id' | 'experiment_id' | 'run_name' | 'status' | 'start_time' | 'lifecycle_stage'>,
  {
    metrics?: (number | null)[]
    least?: (number | null)[]
    greatest?: (number | null)[]
    params?: (string | null)[]
    tags?: (string | null)[]
  }
>
export type Rows = Replace<wire.RunRowsResponse, { runs?: RunRow[] }>

/** The keys that the runs of some experiments have logged. */
export interface Keys {
  metrics: { key: string; min?: number; max?: number }[]
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

export type FileInfo = Present<wire.FileInfo, 'path'>

/** A run or a logged model: what has artifacts. */
export type Owner = { kind: 'run'; id: string } | { kind: 'model'; id: string }

export type LoggedModelInfo = Replace<
  Present<wire.LoggedModelInfo, 'model_id' | 'experiment_id' | 'name' | 'artifact_uri'>,
  { tags?: KeyValue[]; registrations?: Required<wire.LoggedModelRegistration>[] }
>
export interface LoggedModel {
  info: LoggedModelInfo
  data?: { params?: KeyValue[]; metrics?: Metric[] }
}

export type ModelVersion = Replace<
  Present<
    wire.ModelVersion,
    'name' | 'version' | 'creation_timestamp' | 'last_updated_timestamp' | 'current_stage' | 'status'
  >,
  { tags?: KeyValue[] }
>
export type RegisteredModel = Replace<
  Present<wire.RegisteredModel, 'name' | 'creation_timestamp' | 'last_updated_timestamp'>,
  { latest_versions?: ModelVersion[]; tags?: KeyValue[]; aliases?: Required<wire.RegisteredModelAlias>[] }
>

export type CurrentUser = Present<wire.CurrentUser, 'id' | 'username'> & { has_password: boolean }

export type Gate = wire.Gate
export type GateChange = Present<wire.GateChange, 'name'>
export type GatePolicy = Present<wire.GatePolicy, 'revision'>
export type GateResult = Replace<
  Present<wire.GateResult, 'gate' | 'target' | 'passed'>,
  { conditions?: Present<wire.GateResultConditionResult, 'condition' | 'passed'>[] }
>
export interface GateCheck {
  passed: boolean
  gates?: GateResult[]
}

export type ApprovalRequest = Replace<
  Present<wire.ApprovalRequest, 'id' | 'name' | 'requester' | 'state' | 'creation_timestamp'>,
  {
    votes?: Present<wire.ApprovalRequestVote, 'timestamp' | 'actor' | 'kind'>[]
    pending?: Present<wire.ApprovalRequestPendingGate, 'gate' | 'required' | 'given'>[]
  }
>
export type AuditEntry = Present<
  wire.AuditEntry,
  'seq' | 'at' | 'actor' | 'request_id' | 'action' | 'subject' | 'previous' | 'hash'
>

export type Webhook = Replace<
  Present<wire.Webhook, 'webhook_id' | 'name' | 'url' | 'status'>,
  { events?: Required<wire.WebhookEvent>[] }
>
export type Delivery = Present<
  wire.WebhookDelivery,
  'delivery_id' | 'webhook_name' | 'event' | 'state' | 'attempts' | 'creation_timestamp'
>

/** A report; its content is left out of lists. */
export type Report = Present<
  wire.Report,
  'report_id' | 'title' | 'version' | 'author' | 'creation_timestamp' | 'last_update_timestamp'
>

/** Returns a number of the API, in which NaN and infinities are strings. */
export const toNumber = (value: wire.Double | undefined) => Number(value)

export type Account = Present<
  wire.User,
  'id' | 'name' | 'service' | 'disabled' | 'has_password' | 'tokens' | 'creation_timestamp'
>
export type Group = Present<wire.Group, 'name'>
export type Token = Present<wire.Token, 'id' | 'user' | 'creation_timestamp' | 'read_only'>
export type Session = Required<wire.Session>
export type Role = Present<wire.Role, 'id' | 'name'>
export type PermissionLevel = wire.PermissionLevel
export type ActionName = 'read' | 'use' | 'create' | 'update' | 'delete' | 'manage'
export type Right = Replace<Present<wire.Right, 'allowed'>, { action: ActionName }>
export type ResourceRights = Replace<Present<wire.ResourceRights, 'resource'>, { actions: Right[] }>
export type ResourceGrant = Present<wire.ResourceGrant, 'to' | 'level' | 'resources' | 'own'>
export type GroupDefault = Required<wire.AccessPolicyGroupDefault>
export type ResourcePermissions = Replace<
  Required<wire.ResourcePermissionsResponse>,
  { grants: ResourceGrant[]; group_defaults: GroupDefault[] }
>
export type ExplainedCheck = Present<wire.ExplainedCheck, 'type' | 'action' | 'allowed' | 'basis'>
export type Explanation = Replace<
  Present<wire.ExplainResponse, 'user' | 'allowed' | 'default_permission'>,
  { checks?: ExplainedCheck[] }
>
export type PolicyRole = Present<wire.AccessPolicyPolicyRole, 'name'>
export type HolderGrants = Present<wire.AccessPolicyHolderGrants, 'to'>
export interface AccessPolicyResponse {
  policy: { roles: PolicyRole[]; grants: HolderGrants[]; groups: GroupDefault[] }
  default_permission: PermissionLevel
}

/** An import into the database of the server. */
export type Import = Replace<
  Present<wire.ServerImport, 'import_id' | 'state' | 'source' | 'started_by' | 'start_time' | 'update_time'>,
  {
    options: { map_experiment?: string[]; rename?: string[]; prefix: string }
    progress: Present<wire.ServerImportProgress, 'runs' | 'points'>
    summary: Replace<
      Present<wire.ServerImportSummary, 'problem_count' | 'conflict_count'>,
      { counts?: Required<wire.ServerImportCount>[] }
    >
  }
>

/** A source from which an experiment was imported. */
export type Origin = Present<wire.Origin, 'source' | 'import_time' | 'imported_by' | 'complete'>
