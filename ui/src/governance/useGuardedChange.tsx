import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { ApiError } from '../api/client'
import { gates, requestApproval } from '../api/governance'
import { Dialog, DialogActions } from '../shell/Dialog'
import { errorText } from '../shell/errorText'
import { useT } from '../shell/settings'
import { useToast } from '../shell/toasts'
import { useDraft } from '../shell/useDraft'
import { isProtected } from './gates'

/** The assignment of an alias or a stage to a version; without a version, the removal of an alias. */
interface GuardedChange {
  name: string
  version?: string
  alias?: string
  stage?: string
  archive_existing_versions?: boolean
}

/**
 * Changes an alias or a stage. If the change needs approvals, offers to request them.
 *
 * @returns the function that makes the change, and the dialog, to be rendered on the page
 */
export function useGuardedChange(
  done: () => void,
): [(move: GuardedChange, make: () => Promise<unknown>) => void, ReactNode] {
  const t = useT()
  const say = useToast()
  const all = useQuery(gates)
  const [asking, setAsking] = useState<{ move: GuardedChange; why: string } | null>(null)
  const run = (move: GuardedChange, make: () => Promise<unknown>) =>
    void make()
      .catch((error: unknown) => {
        const why = errorText(error, t)
        if (error instanceof ApiError && error.status === 403 && isProtected(all.data, move.name, move))
          setAsking({ move, why })
        else say(why, true)
      })
      .then(done)
  return [
    run,
    asking && (
      <RequestApprovalDialog
        {...asking}
        close={() => {
          setAsking(null)
          done()
        }}
      />
    ),
  ]
}

function RequestApprovalDialog({ move, why, close }: { move: GuardedChange; why: string; close: () => void }) {
  const t = useT()
  const say = useToast()
  const client = useQueryClient()
  const draft = useDraft(`approval-request.${move.name}`, '', null)
  const comment = draft.value
  const submit = async () => {
    try {
      await requestApproval({ ...move, comment: comment || undefined })
      say(t('approvalAsked'))
      draft.forget()
      void client.invalidateQueries({ queryKey: ['approvals'] })
      close()
    } catch (error) {
      say(errorText(error, t), true)
    }
  }
  return (
    <Dialog
      title={`${t('askApproval')}: ${move.version ? `v${move.version} → ` : ''}${move.alias ? `@${move.alias}` : move.stage}`}
      close={close}
    >
      <p className="soft break">{why}</p>
      <label className="field">
        {t('comment')}
        <textarea className="input" rows={3} value={comment} onChange={(event) => draft.setValue(event.target.value)} />
      </label>
      <DialogActions close={close}>
        <button className="btn primary" onClick={() => void submit()}>
          {t('askApproval')}
        </button>
      </DialogActions>
    </Dialog>
  )
}
