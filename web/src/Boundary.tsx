import { Component, type ReactNode } from 'react';
import { BrokenPage } from './MessagePage';

/** A page that throws is replaced by an honest word. React knows no other way to it than a class. */
export class Boundary extends Component<{ children: ReactNode }, { isBroken: boolean }> {
  override state = { isBroken: false };

  static getDerivedStateFromError() {
    return { isBroken: true };
  }

  override render() {
    return this.state.isBroken ? <BrokenPage /> : this.props.children;
  }
}
