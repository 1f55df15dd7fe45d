import { DigestPanel } from './digest-panel.tsx';
import { FilterPanel } from './filter-panel.tsx';
import { LookupPanel } from './lookup-panel.tsx';
import { MemberPanel } from './member-panel.tsx';
import { RingPanel } from './ring-panel.tsx';

/** Which nodes hold which boards. */
export function RingScreen() {
  return (
    <>
      <div class="column wide">
        <RingPanel />
        <DigestPanel />
        <FilterPanel />
      </div>
      <div class="column narrow">
        <LookupPanel />
        <MemberPanel />
      </div>
    </>
  );
}
