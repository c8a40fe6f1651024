import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { actOnApproval, approvals } from '../api/governance'
import { currentUser as meQuery } from '../api/users'
import { Dialog, DialogActions } from '../shell/Dialog'
import { Problem, problemOf } from '../shell/Problem'
import { useT } from '../shell/settings'
import { Segments } from '../shell/Tabs'
import { useAction } from '../shell/toasts'
import { useDraft } from '../shell/useDraft'
import { ApprovalCard, type Verb } from './ApprovalCard'

/** The requests for approval: the open ones, or all. */
export function Approvals() {
  const t = useT()
  const [open, setOpen] = useState<'open' | 'all'>('open')
  const [saying, setSaying] = useState<{ id: number; verb: Verb } | null>(null)
  const me = useQuery(meQuery)
  const list = useQuery(approvals(open === 'open' ? 'OPEN' : undefined))
  if (problemOf(list)) return <Problem error={list.error} retry={() => void list.refetch()} />
  return (
    <div className="stack">
      <Segments
        value={open}
        label={t('status')}
        onChange={setOpen}
        options={[
          ['open', t('openRequests')],
          ['all', t('all')],
        ]}
      />
      {list.isSuccess && list.data.length === 0 && (
        <div className="card">
          <p className="empty">{t('noApprovals')}</p>
        </div>
      )}
      {me.isSuccess &&
        (list.data ?? []).map((request) => (
          <ApprovalCard
            key={request.id}
            request={request}
            me={me.data}
            say={(verb) => setSaying({ id: request.id, verb })}
          />
        ))}
      {saying && <VoteDialog {...saying} close={() => setSaying(null)} />}
    </div>
  )
}

/** Asks for the comment of an action on a request. It is kept as a draft until the action has succeeded. */
function VoteDialog({ id, verb, close }: { id: number; verb: Verb; close: () => void }) {
  const t = useT()
  const client = useQueryClient()
  const act = useAction()
  const draft = useDraft(`approval.${id}`, '', null)
  const comment = draft.value
  const submit = async () => {
    if (!(await act(() => actOnApproval(id, verb, comment || undefined), t('saved')))) return
    draft.forget()
    close()
    void client.invalidateQueries()
  }
  return (
    <Dialog title={`#${id}: ${t(verb)}`} close={close}>
      <label className="field">
        {t('comment')}
        <textarea className="input" rows={3} value={comment} onChange={(event) => draft.setValue(event.target.value)} />
      </label>
      <DialogActions close={close}>
        <button
          className={verb === 'reject' ? 'btn danger' : 'btn primary'}
          disabled={verb === 'comment' && !comment.trim()}
          onClick={() => void submit()}
        >
          {t(verb)}
        </button>
      </DialogActions>
    </Dialog>
  )
}
