import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { experiment } from '../api/experiments'
import type { Block } from './blocks'

/** The caption of a block, with a link to the experiment and the filter of its runs. */
export function BlockSource({ block, children }: { block: Block; children: ReactNode }) {
  const about = useQuery(experiment(block.experiment))
  return (
    <figcaption>
      {children}
      <span className="faint">
        <Link
          to="/experiments/$experimentId"
          params={{ experimentId: block.experiment }}
          search={{ q: block.filter, sort: block.sort }}
        >
          {about.data?.name ?? block.experiment}
        </Link>
        {block.filter && (
          <>
            {' '}
            · <code>{block.filter}</code>
          </>
        )}
      </span>
    </figcaption>
  )
}
