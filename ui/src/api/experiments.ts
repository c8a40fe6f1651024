import { queryOptions } from '@tanstack/react-query'
import { allPages, call } from './client'
import type { Experiment } from './types'

/** All experiments, the last changed first. */
export const experiments = (view: 'ACTIVE_ONLY' | 'DELETED_ONLY' = 'ACTIVE_ONLY') =>
  queryOptions({
    queryKey: ['experiments', view],
    queryFn: () =>
      allPages(
        (page_token) =>
          call('POST /2.0/mlflow/experiments/search', {
            max_results: 1000,
            view_type: view,
            page_token,
            order_by: ['last_update_time DESC'],
          }),
        (page) => page.experiments as Experiment[] | undefined,
      ),
  })

export const experiment = (id: string) =>
  queryOptions({
    queryKey: ['experiment', id],
    queryFn: async () =>
      (await call('GET /2.0/mlflow/experiments/get', { experiment_id: id })).experiment as Experiment,
  })

/** The names of those of several experiments that the user may see, by ID. */
export const experimentNames = (ids: string[]) =>
  queryOptions({
    queryKey: ['experiments', 'names', ids],
    queryFn: async () => {
      const filter = `experiment_id IN (${ids.map((id) => `'${id}'`).join(', ')})`
      const page = await call('POST /2.0/mlflow/experiments/search', { filter, view_type: 'ALL', max_results: 1000 })
      return new Map((page.experiments as Experiment[] | undefined)?.map((one) => [one.experiment_id, one.name]))
    },
    enabled: ids.length > 0,
  })

/** @returns the id of the new experiment */
export const createExperiment = async (name: string) =>
  (await call('POST /2.0/mlflow/experiments/create', { name })).experiment_id!

export const renameExperiment = (id: string, name: string) =>
  call('POST /2.0/mlflow/experiments/update', { experiment_id: id, new_name: name })

export const deleteExperiment = (id: string) => call('POST /2.0/mlflow/experiments/delete', { experiment_id: id })

export const restoreExperiment = (id: string) => call('POST /2.0/mlflow/experiments/restore', { experiment_id: id })
