import { type Delivery } from '../api/types'
import { redeliver } from '../api/webhooks'
import { ago, instant } from '../shell/format'
import { useT } from '../shell/settings'
import { useAction } from '../shell/toasts'

/** The latest deliveries of webhooks; nothing if there are none. */
export function Deliveries({ deliveries, onChanged }: { deliveries: Delivery[]; onChanged: () => void }) {
  const t = useT()
  const act = useAction()
  if (deliveries.length === 0) return null
  return (
    <section className="card">
      <header>
        <h2>{t('deliveries')}</h2>
      </header>
      <table className="plain">
        <thead>
          <tr>
            <th>{t('time')}</th>
            <th>{t('name')}</th>
            <th>{t('events')}</th>
            <th>{t('status')}</th>
            <th>{t('attempts')}</th>
            <th />
          </tr>
        </thead>
        <tbody>
          {deliveries.map((one) => (
            <tr key={one.delivery_id}>
              <td className="soft nowrap" title={instant(one.creation_timestamp)}>
                {ago(one.creation_timestamp, t)}
              </td>
              <td>{one.webhook_name}</td>
              <td>
                <span className="chip">{one.event}</span>
              </td>
              <td>
                <span
                  className={`chip ${one.state === 'DELIVERED' ? 'good' : one.state === 'FAILED' ? 'bad' : 'warn'}`}
                >
                  {t(`delivery_${one.state}`)}
                </span>{' '}
                <span className="faint break">{one.error ?? one.response_status ?? ''}</span>
              </td>
              <td className="num">{one.attempts}</td>
              <td>
                {one.state !== 'WAITING' && (
                  <button
                    className="btn small ghost"
                    onClick={() => void act(() => redeliver(one.delivery_id), t('saved')).then(onChanged)}
                  >
                    {t('sendAgain')}
                  </button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
