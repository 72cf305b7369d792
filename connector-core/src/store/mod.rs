use crate::error::Result;
use crate::exchange::tx::*;
use std::path::Path;
use std::time::Duration;
pub struct SqliteStore;
pub struct WorkerLock;
impl SqliteStore {
    pub fn open(_: &Path) -> Result<Self> {
        todo!()
    }
    pub fn lock_worker(&self) -> Result<WorkerLock> {
        todo!()
    }
    pub fn backup(&self, _: &Path) -> Result<()> {
        todo!()
    }
    pub fn sweep(&self) -> Result<()> {
        todo!()
    }
    pub fn free_space(&self) -> Option<u64> {
        todo!()
    }
}
impl Store for SqliteStore {
    fn write(&self, _: Work) -> Result<()> {
        todo!()
    }
    fn read(&self, _: &mut dyn FnMut(&mut dyn Tx) -> Result<()>) -> Result<()> {
        todo!()
    }
    fn generation(&self) -> u64 {
        todo!()
    }
    fn wait(&self, _: u64, _: Duration) -> u64 {
        todo!()
    }
    fn wake(&self) {}
    fn spool(&self) -> Result<Box<dyn Spool>> {
        todo!()
    }
    fn open(&self, _: &Payload) -> Result<Box<dyn Bytes>> {
        todo!()
    }
}
use crate::exchange::model::Payload;
