import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { ApiError, send } from '../api/client'
import { Dialog } from '../shell/Dialog'
import { useT } from '../shell/settings'
import { useToast } from '../shell/toasts'
import { gates, isProtected } from './api'

/** An alias or a stage that is to point at a version; without one, an alias that is to be taken away. */
interface Move {
  name: string
  version?: string
  alias?: string
  stage?: string
  archive_existing_versions?: boolean
}

/**
 * Makes a move; where others have to agree first, offers to ask them.
 *
 * @returns what makes it, and the dialog to have on the page
 */
export function useMove(done: () => void): [(move: Move, make: () => Promise<unknown>) => void, ReactNode] {
  const say = useToast()
  const all = useQuery(gates)
  const [asking, setAsking] = useState<{ move: Move; why: string } | null>(null)
  const run = (move: Move, make: () => Promise<unknown>) =>
    void make()
      .catch((error: unknown) => {
        const why = error instanceof Error ? error.message : String(error)
        if (error instanceof ApiError && error.status === 403 && isProtected(all.data, move.name, move))
          setAsking({ move, why })
        else say(why, true)
      })
      .then(done)
  return [
    run,
    asking && (
      <RequestApproval
        {...asking}
        close={() => {
          setAsking(null)
          done()
        }}
      />
    ),
  ]
}

function RequestApproval({ move, why, close }: { move: Move; why: string; close: () => void }) {
  const t = useT()
  const say = useToast()
  const client = useQueryClient()
  const [comment, setComment] = useState('')
  const ask = async () => {
    try {
      await send('kiroku/approvals/request', { ...move, comment: comment || undefined })
      say(t('approvalAsked'))
      void client.invalidateQueries({ queryKey: ['approvals'] })
      close()
    } catch (error) {
      say(error instanceof Error ? error.message : String(error), true)
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
        <textarea className="input" rows={3} value={comment} onChange={(event) => setComment(event.target.value)} />
      </label>
      <div className="actions">
        <button className="btn" onClick={close}>
          {t('cancel')}
        </button>
        <button className="btn primary" onClick={() => void ask()}>
          {t('askApproval')}
        </button>
      </div>
    </Dialog>
  )
}
