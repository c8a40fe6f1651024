import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { send } from '../api/client'
import { me as meQuery, type Me } from '../api/queries'
import { ago, instant } from '../shell/format'
import type { Key } from '../shell/messages'
import { useT } from '../shell/settings'
import { Dialog, Problem, Segments, useAction } from '../shell/ui'
import { approvals, type ApprovalRequest } from './api'

type Verb = 'approve' | 'reject' | 'comment' | 'withdraw'

const TONES: Record<ApprovalRequest['state'], string> = {
  OPEN: 'accent',
  APPROVED: 'good',
  REJECTED: 'bad',
  WITHDRAWN: '',
  EXPIRED: 'warn',
  INVALIDATED: 'warn',
}

/** What waits for somebody's agreement, and what came of what waited. */
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
          <Request
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
          <div className="actions">
            <button className="btn" onClick={() => setSaying(null)}>
              {t('cancel')}
            </button>
            <button
              className={saying.verb === 'reject' ? 'btn danger' : 'btn primary'}
              disabled={saying.verb === 'comment' && !comment.trim()}
              onClick={() => {
                const { id, verb } = saying
                setSaying(null)
                void act(
                  () => send(`kiroku/approvals/${verb}`, { id, comment: comment || undefined }),
                  t('saved'),
                ).then(() => client.invalidateQueries())
                setComment('')
              }}
            >
              {t(saying.verb)}
            </button>
          </div>
        </Dialog>
      )}
    </div>
  )
}

/**
 * What somebody may say to a request, as the server will see it; and why not more.
 *
 * @param me null where nobody signs in
 */
function rights(request: ApprovalRequest, me: Me | null): { verbs: Verb[]; why?: Key } {
  if (!me) return { verbs: ['comment', 'withdraw'], why: 'nobodySignsIn' }
  if (request.requester === me.username) return { verbs: ['comment', 'withdraw'], why: 'ownRequest' }
  const asked = (request.pending ?? []).some(
    ({ from }) =>
      !from?.length || from.includes(me.username) || (me.groups ?? []).some((group) => from.includes(`group:${group}`)),
  )
  const more: Verb[] = me.is_admin ? ['comment', 'withdraw'] : ['comment']
  return asked ? { verbs: ['approve', 'reject', ...more] } : { verbs: more, why: 'notAsked' }
}

function Request({ request, me, say }: { request: ApprovalRequest; me: Me | null; say: (verb: Verb) => void }) {
  const t = useT()
  const { verbs, why } = rights(request, me)
  return (
    <section className="card" aria-label={`#${request.id}`}>
      <header>
        <h2>
          #{request.id}{' '}
          <Link to="/models/$name" params={{ name: request.name }}>
            {request.name}
          </Link>{' '}
          {request.version ? (
            <Link to="/models/$name/versions/$version" params={{ name: request.name, version: request.version }}>
              v{request.version}
            </Link>
          ) : (
            '∅'
          )}{' '}
          → {request.alias ? `@${request.alias}` : request.stage}
        </h2>
        <span className={`chip ${TONES[request.state]}`}>{t(`request_${request.state}`)}</span>
        <span className="spacer" />
        <span className="soft" title={instant(request.creation_timestamp)}>
          {request.requester} · {ago(request.creation_timestamp, t)}
        </span>
      </header>
      <div className="body stack" style={{ gap: 8 }}>
        {request.comment && <p>{request.comment}</p>}
        {request.reason && <p className="soft">{request.reason}</p>}
        {(request.pending ?? []).map(({ gate, required, given, from }) => (
          <p key={gate} className="soft">
            {gate}:{' '}
            <strong className="num">
              {given} / {required}
            </strong>{' '}
            {t('approvalsFrom', { who: (from ?? []).join(', ') || t('anybody') })}
          </p>
        ))}
        {(request.votes ?? []).map((vote) => (
          <p key={`${vote.timestamp} ${vote.actor}`}>
            <strong>{vote.actor}</strong>{' '}
            <span className={`chip ${vote.kind === 'APPROVE' ? 'good' : vote.kind === 'REJECT' ? 'bad' : ''}`}>
              {t(`vote_${vote.kind}`)}
            </span>{' '}
            <span className="faint">{ago(vote.timestamp, t)}</span> {vote.comment}
          </p>
        ))}
        {request.state === 'OPEN' && (
          <div className="row wrap">
            {verbs.map((verb) => (
              <button
                key={verb}
                className={`btn ${verb === 'approve' ? 'primary' : verb === 'reject' ? 'danger' : verb === 'withdraw' ? 'ghost' : ''}`}
                onClick={() => say(verb)}
              >
                {t(verb)}
              </button>
            ))}
            {why && <span className="soft">{t(why)}</span>}
          </div>
        )}
      </div>
    </section>
  )
}
