import { call } from './client'
import { fetchRows } from './runs'
import type { Experiment, ModelVersion, RegisteredModel, RunRow } from './types'

/** Experiments whose runs are searched: those that have changed last. A search in all could read every run of the store. */
const SEARCHED_EXPERIMENTS = 100

/** Returns the active experiments of a search that have changed last. @param filter empty for all */
export const findExperiments = async (filter: string, max_results: number) =>
  ((
    await call('POST /2.0/mlflow/experiments/search', {
      filter: filter || undefined,
      max_results,
      order_by: ['last_update_time DESC'],
    })
  ).experiments ?? []) as Experiment[]

/** Returns runs of the experiments that have changed last, with the names of their experiments. */
export async function findRuns(filter: string, max_results: number): Promise<{ run: RunRow; experiment?: string }[]> {
  const experiments = await findExperiments('', SEARCHED_EXPERIMENTS)
  if (experiments.length === 0) return []
  const names = new Map(experiments.map((one) => [one.experiment_id, one.name]))
  const { runs = [] } = await fetchRows({ experiment_ids: [...names.keys()], filter, max_results })
  return runs.map((run) => ({ run, experiment: names.get(run.experiment_id) }))
}

export const findModels = async (filter: string, max_results: number) =>
  ((await call('GET /2.0/mlflow/registered-models/search', { filter, max_results })).registered_models ??
    []) as RegisteredModel[]

export const findVersions = async (filter: string, max_results: number) =>
  ((await call('GET /2.0/mlflow/model-versions/search', { filter, max_results })).model_versions ??
    []) as ModelVersion[]
