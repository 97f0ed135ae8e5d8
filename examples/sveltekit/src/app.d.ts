declare global {
  namespace App {
    interface Locals {
      isStaff: boolean;
    }
  }
}

export {};
