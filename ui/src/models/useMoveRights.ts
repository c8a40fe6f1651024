import { useQuery } from '@tanstack/react-query'
import { useRights } from '../access/useRights'
import { gates } from '../api/governance'
import { appliesTo } from '../governance/gates'

/**
 * Returns why the user may not change an alias or a stage; undefined if they may, or if a gate on the model has approvals: then the change can
 * be requested.
 *
 * @param resource the model for an alias, the version for a stage
 */
export function useMoveRights(model: string, resource: string): string | undefined {
  const whyNot = useRights(resource)('update')
  const all = useQuery(gates)
  const requestable = (all.data ?? []).some((gate) => gate.approvals && appliesTo(gate, model))
  return requestable ? undefined : whyNot
}
