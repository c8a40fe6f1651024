import { Link } from '@tanstack/react-router'
import { type ApprovalRequest, type CurrentUser } from '../api/types'
import { ago, instant } from '../shell/format'
import type { Key } from '../shell/messages'
import { useT } from '../shell/settings'

export type Verb = 'approve' | 'reject' | 'comment' | 'withdraw'
const TONES: Record<ApprovalRequest['state'], string> = {
  OPEN: 'accent',
  APPROVED: 'good',
  REJECTED: 'bad',
  WITHDRAWN: '',
  EXPIRED: 'warn',
  INVALIDATED: 'warn',
}

/**
 * Returns what a user may do with an open request, by the rules of the server, and why not more.
 *
 * @param me null if the server has no authentication
 */
function allowedActions(request: ApprovalRequest, me: CurrentUser | null): { verbs: Verb[]; why?: Key } {
  if (!me) return { verbs: ['comment', 'withdraw'], why: 'nobodySignsIn' }
  if (request.requester === me.username) return { verbs: ['comment', 'withdraw'], why: 'ownRequest' }
  const asked = (request.pending ?? []).some(
    ({ from }) =>
      !from?.length ||
      from.includes(me.username) ||
      (me.groups ?? []).some((group) => from.includes(`group:${group}`)) ||
      from.some((approver) => approver.startsWith('role:')), // whose members only the server knows
  )
  const more: Verb[] = me.is_admin ? ['comment', 'withdraw'] : ['comment']
  return asked ? { verbs: ['approve', 'reject', ...more] } : { verbs: more, why: 'notAsked' }
}

export function ApprovalCard({
  request,
  me,
  say,
}: {
  request: ApprovalRequest
  me: CurrentUser | null
  say: (verb: Verb) => void
}) {
  const t = useT()
  const { verbs, why } = allowedActions(request, me)
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
            {gate}: {t('approvalsGiven', { given, required, who: (from ?? []).join(', ') || t('anybody') })}
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
