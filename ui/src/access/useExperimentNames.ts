import { useQuery } from '@tanstack/react-query'
import { experimentNames } from '../api/experiments'
import { experimentIds, splitResource } from './resources'

/** More IDs than this stand without names. */
const MAX = 500

/** Returns a function that returns the name of the experiment that a resource such as `experiment/7` names, if the user may see it. */
export function useExperimentNames(resources: string[]): (resource: string) => string | undefined {
  const names = useQuery(experimentNames(experimentIds(resources).slice(0, MAX)))
  return (resource) =>
    experimentIds([resource]).length > 0 ? names.data?.get(splitResource(resource).pattern) : undefined
}
