import { DigestPanel } from './digest-panel.tsx';
import { LookupPanel } from './lookup-panel.tsx';
import { MemberPanel } from './member-panel.tsx';

/** Which nodes hold which boards. */
export function RingScreen() {
  return (
    <>
      <div class="column wide">
        <DigestPanel />
      </div>
      <div class="column narrow">
        <LookupPanel />
        <MemberPanel />
      </div>
    </>
  );
}
