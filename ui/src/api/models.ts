import { queryOptions } from '@tanstack/react-query'
import { ApiError, call } from './client'
import type { CreateModelVersionRequest, TransitionModelVersionStageRequest } from './generated'
import type { LoggedModel, ModelVersion, RegisteredModel } from './types'

export const loggedModel = (id: string) =>
  queryOptions({
    queryKey: ['logged-model', id],
    queryFn: async () =>
      (await call('GET /2.0/mlflow/logged-models/{model_id}', { model_id: id })).model as LoggedModel,
  })

/** The first 1,000 registered models of a search. */
export const models = (filter: string) =>
  queryOptions({
    queryKey: ['models', filter],
    queryFn: async () => {
      const request = { filter: filter || undefined, max_results: 1000 }
      return ((await call('GET /2.0/mlflow/registered-models/search', request)).registered_models ??
        []) as RegisteredModel[]
    },
  })

export const model = (name: string) =>
  queryOptions({
    queryKey: ['model', name],
    queryFn: async () =>
      (await call('GET /2.0/mlflow/registered-models/get', { name })).registered_model as RegisteredModel,
  })

/** Registers a model, if it does not exist. */
export async function ensureModel(name: string) {
  try {
    await call('POST /2.0/mlflow/registered-models/create', { name })
  } catch (error) {
    if (!(error instanceof ApiError && error.code.includes('ALREADY_EXISTS'))) throw error
  }
}

export const describeModel = (name: string, description: string) =>
  call('PATCH /2.0/mlflow/registered-models/update', { name, description })

export const setModelTag = (name: string, key: string, value: string) =>
  call('POST /2.0/mlflow/registered-models/set-tag', { name, key, value })

export const deleteModel = (name: string) => call('DELETE /2.0/mlflow/registered-models/delete', { name })

export const setAlias = (name: string, alias: string, version: string) =>
  call('POST /2.0/mlflow/registered-models/alias', { name, alias, version })

export const deleteAlias = (name: string, alias: string) =>
  call('DELETE /2.0/mlflow/registered-models/alias', { name, alias })

/** The first 2,000 versions of a search, the latest first. */
export const versions = (filter: string) =>
  queryOptions({
    queryKey: ['versions', filter],
    queryFn: async () => {
      const request = { filter, max_results: 2000, order_by: ['version_number DESC'] }
      return ((await call('GET /2.0/mlflow/model-versions/search', request)).model_versions ?? []) as ModelVersion[]
    },
  })

export const version = (name: string, number: string) =>
  queryOptions({
    queryKey: ['versions', 'one', name, number],
    queryFn: async () =>
      (await call('GET /2.0/mlflow/model-versions/get', { name, version: number })).model_version as ModelVersion,
  })

/** @returns the number of the new version */
export const createVersion = async (request: CreateModelVersionRequest) =>
  (await call('POST /2.0/mlflow/model-versions/create', request)).model_version!.version!

export const describeVersion = (name: string, number: string, description: string) =>
  call('PATCH /2.0/mlflow/model-versions/update', { name, version: number, description })

export const setVersionTag = (name: string, number: string, key: string, value: string) =>
  call('POST /2.0/mlflow/model-versions/set-tag', { name, version: number, key, value })

export const deleteVersion = (name: string, number: string) =>
  call('DELETE /2.0/mlflow/model-versions/delete', { name, version: number })

export const transitionStage = (request: TransitionModelVersionStageRequest) =>
  call('POST /2.0/mlflow/model-versions/transition-stage', request)
