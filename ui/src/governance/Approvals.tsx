import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { actOnApproval, approvals } from '../api/governance'
import { currentUser as meQuery } from '../api/users'
import { Dialog, DialogActions } from '../shell/Dialog'
import { Problem } from '../shell/Problem'
import { useT } from '../shell/settings'
import { Segments } from '../shell/Tabs'
import { useAction } from '../shell/toasts'
import { ApprovalCard, type Verb } from './ApprovalCard'

/** The requests for approval: the open ones, or all. */
export function Approvals() {
  const t = useT()
  const client = useQueryClient()
  const act = useAction()
  const [open, setOpen] = useState<'open' | 'all'>('open')
  const [saying, setSaying] = useState<{ id: number; verb: Verb } | null>(null)
  const [comment, setComment] = useState('')
  const me = useQuery(meQuery)
  const list = useQuery(approvals(open === 'open' ? 'OPEN' : undefined))
  if (list.error) return <Problem error={list.error} retry={() => void list.refetch()} />
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
      {saying && (
        <Dialog title={`#${saying.id}: ${t(saying.verb)}`} close={() => setSaying(null)}>
          <label className="field">
            {t('comment')}
            <textarea className="input" rows={3} value={comment} onChange={(event) => setComment(event.target.value)} />
          </label>
          <DialogActions close={() => setSaying(null)}>
            <button
              className={saying.verb === 'reject' ? 'btn danger' : 'btn primary'}
              disabled={saying.verb === 'comment' && !comment.trim()}
              onClick={() => {
                const { id, verb } = saying
                setSaying(null)
                void act(() => actOnApproval(id, verb, comment || undefined), t('saved')).then(() =>
                  client.invalidateQueries(),
                )
                setComment('')
              }}
            >
              {t(saying.verb)}
            </button>
          </DialogActions>
        </Dialog>
      )}
    </div>
  )
}
