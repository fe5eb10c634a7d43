//! Work is shared fairly between tenants, and stops in good order.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Barrier, mpsc};

use futures_util::future::join_all;

use super::*;

fn tenant(slug: &str) -> Tenant {
    slug.parse().unwrap()
}

fn bounds() -> Bounds {
    Bounds { of_a_tenant: 8, in_all: 12, time: JOB_TIMEOUT, turn: TIME_SLICE }
}

fn workers(threads: usize) -> Workers {
    Workers::with_bounds(threads, bounds()).unwrap()
}

/// Occupies a thread until the other end is dropped.
async fn occupy(
    workers: &Workers,
    tenant: &Tenant,
) -> (mpsc::Sender<()>, tokio::task::JoinHandle<Result<(), WorkError>>) {
    let (release, wait) = mpsc::channel::<()>();
    let (begun, running) = oneshot::channel();
    let (workers, tenant) = (workers.clone(), tenant.clone());
    let work = tokio::spawn(async move {
        let wait = move |_: &Stop| {
            begun.send(()).ok();
            wait.recv().ok();
        };
        workers.run(&tenant, wait).await
    });
    running.await.unwrap();
    (release, work)
}

#[tokio::test]
async fn work_is_done_and_its_outcome_comes_back() {
    assert_eq!(workers(1).run(&tenant("acme"), |_| 6 * 7).await, Ok(42));
}

#[tokio::test]
async fn who_comes_with_one_job_waits_for_one_of_who_came_with_many() {
    let workers = workers(1);
    let (acme, globex) = (tenant("acme"), tenant("globex"));
    let (release, occupied) = occupy(&workers, &acme).await;
    let (note, done) = mpsc::channel();
    let job = |tenant: &Tenant| {
        let (note, name) = (note.clone(), tenant.clone());
        let work = move |_: &Stop| note.send(name.to_string()).unwrap();
        let (workers, tenant) = (workers.clone(), tenant.clone());
        async move { workers.run(&tenant, work).await }
    };
    let mut jobs: Vec<_> = (0..5).map(|_| Box::pin(job(&acme))).collect();
    jobs.push(Box::pin(job(&globex)));
    // All stand in line once each was polled.
    let all = join_all(jobs);
    let release = async move { drop(release) };
    let (outcomes, ()) = tokio::join!(all, release);
    assert!(outcomes.iter().all(Result::is_ok));
    occupied.await.unwrap().unwrap();
    let order: Vec<String> = done.try_iter().collect();
    assert_eq!(order, ["acme", "globex", "acme", "acme", "acme", "acme"]);
}

#[tokio::test]
async fn long_work_lets_others_in_between_its_turns() {
    let workers = Workers::with_bounds(1, Bounds { turn: Duration::ZERO, ..bounds() }).unwrap();
    let seen = Arc::new(AtomicBool::new(false));
    let others = Arc::clone(&seen);
    let (begun, running) = oneshot::channel();
    let mut begun = Some(begun);
    let acme = tenant("acme");
    let long = workers.run_in_turns(&acme, move |stop| {
        begun.take().map(|begun| begun.send(()));
        assert!(stop.is_turn_over());
        others.load(Ordering::SeqCst).then_some("done")
    });
    let short = async {
        running.await.unwrap();
        workers.run(&tenant("globex"), move |_| seen.store(true, Ordering::SeqCst)).await
    };
    assert_eq!(tokio::join!(long, short), (Ok("done"), Ok(())));
}

#[tokio::test]
async fn a_tenant_begins_no_second_piece_of_long_work_before_the_first_is_done() {
    let workers = Workers::with_bounds(1, Bounds { turn: Duration::ZERO, ..bounds() }).unwrap();
    let (acme, open) = (tenant("acme"), Arc::new(AtomicUsize::new(0)));
    let job = || {
        let (open, mut turns) = (Arc::clone(&open), 0);
        workers.run_in_turns(&acme, move |_| {
            if turns == 0 {
                assert_eq!(open.fetch_add(1, Ordering::SeqCst), 0, "another one is begun");
            }
            turns += 1;
            (turns == 10).then(|| open.fetch_sub(1, Ordering::SeqCst))
        })
    };
    for done in join_all([job(), job(), job()]).await {
        assert_eq!(done, Ok(1));
    }
}

#[tokio::test]
async fn one_tenant_never_has_the_last_of_several_threads() {
    let workers = workers(2);
    let (_release, _occupied) = occupy(&workers, &tenant("acme")).await;
    let acme = tenant("acme");
    let mut second = Box::pin(workers.run(&acme, |_| ()));
    assert!(futures_util::poll!(second.as_mut()).is_pending());
    assert_eq!(workers.run(&tenant("globex"), |_| ()).await, Ok(()));
    assert!(futures_util::poll!(second.as_mut()).is_pending(), "it waits for the first");
}

#[tokio::test]
async fn too_many_of_a_tenant_and_too_many_in_all_are_refused() {
    let workers = workers(1);
    let (release, occupied) = occupy(&workers, &tenant("acme")).await;
    let stand_in_line = |slug: &str, many: usize| {
        let (workers, tenant) = (workers.clone(), tenant(slug));
        let job = async move |workers: Workers, tenant: Tenant| workers.run(&tenant, |_| ()).await;
        let mut jobs: Vec<_> =
            (0..many).map(|_| Box::pin(job(workers.clone(), tenant.clone()))).collect();
        async move {
            for job in &mut jobs {
                let refused = futures_util::poll!(job.as_mut());
                assert!(refused.is_pending(), "{refused:?}");
            }
            jobs
        }
    };
    let of_acme = stand_in_line("acme", 8).await;
    assert_eq!(workers.run(&tenant("acme"), |_| ()).await, Err(WorkError::Busy));
    let of_globex = stand_in_line("globex", 4).await;
    assert_eq!(workers.run(&tenant("initech"), |_| ()).await, Err(WorkError::Busy));
    let initech = tenant("initech");
    let mut begun_before = Box::pin(workers.go_on(&initech, |_| ()));
    assert!(futures_util::poll!(begun_before.as_mut()).is_pending(), "it is never refused");
    drop(release);
    occupied.await.unwrap().unwrap();
    for done in join_all(of_acme.into_iter().chain(of_globex)).await {
        assert_eq!(done, Ok(()));
    }
    assert_eq!(begun_before.await, Ok(()));
}

#[tokio::test]
async fn work_that_nobody_waits_for_any_more_never_begins_and_leaves_its_place() {
    let workers = workers(1);
    let acme = tenant("acme");
    let (release, occupied) = occupy(&workers, &acme).await;
    let done = Arc::new(AtomicUsize::new(0));
    for _ in 0..100 {
        let done = Arc::clone(&done);
        let mut job = Box::pin(workers.run(&acme, move |_| done.fetch_add(1, Ordering::SeqCst)));
        assert!(futures_util::poll!(job.as_mut()).is_pending(), "there is room");
    }
    drop(release);
    occupied.await.unwrap().unwrap();
    workers.run(&acme, |_| ()).await.unwrap();
    assert_eq!(done.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn running_work_notices_that_its_caller_is_gone() {
    let workers = workers(1);
    let acme = tenant("acme");
    let (begun, running) = oneshot::channel();
    let (ended, end) = oneshot::channel();
    let mut job = Box::pin(workers.run(&acme, move |stop: &Stop| {
        begun.send(()).unwrap();
        while !stop.is_set() {
            std::thread::yield_now();
        }
        ended.send(stop.is_late()).unwrap();
    }));
    assert!(futures_util::poll!(job.as_mut()).is_pending());
    running.await.unwrap();
    drop(job);
    assert!(!end.await.unwrap(), "it was given up, and not late");
}

#[tokio::test]
async fn running_work_notices_that_its_time_is_over() {
    let time = Duration::from_millis(1);
    let workers = Workers::with_bounds(1, Bounds { time, ..bounds() }).unwrap();
    let acme = tenant("acme");
    let late = workers.run(&acme, |stop| {
        while !stop.is_set() {
            std::thread::yield_now();
        }
        stop.is_late()
    });
    assert_eq!(late.await, Ok(true));
}

#[tokio::test]
async fn a_panic_is_one_callers_and_the_thread_lives_on() {
    let workers = workers(1);
    let failed = workers.run(&tenant("acme"), |_| panic!("a bug")).await;
    assert_eq!(failed, Err::<(), _>(WorkError::Panicked));
    let failed = workers.run_sized(&tenant("acme"), 1, |_| panic!("a bug")).await;
    assert_eq!(failed, Err::<(), _>(WorkError::Panicked));
    assert_eq!(workers.run(&tenant("acme"), |_| "goes on").await, Ok("goes on"));
}

#[tokio::test]
async fn what_stands_in_line_is_done_before_the_threads_end() {
    let workers = workers(1);
    let acme = tenant("acme");
    let (release, occupied) = occupy(&workers, &acme).await;
    let waiting: Vec<_> = (0..5)
        .map(|number| {
            let (workers, acme) = (workers.clone(), acme.clone());
            tokio::spawn(async move { workers.run(&acme, move |_| number).await })
        })
        .collect();
    tokio::task::yield_now().await;
    workers.0.0.lock().stop();
    let refused = workers.run(&acme, |_| ()).await;
    assert_eq!(refused, Err(WorkError::Stopping));
    drop((release, workers));
    occupied.await.unwrap().unwrap();
    for (number, done) in waiting.into_iter().enumerate() {
        assert_eq!(done.await.unwrap(), Ok(number));
    }
}

#[tokio::test]
async fn small_work_stays_where_it_is_and_large_work_does_not() {
    let workers = workers(1);
    let here = std::thread::current().id();
    let thread = |_: &Stop| std::thread::current().id();
    assert_eq!(workers.run_sized(&tenant("acme"), INLINE, thread).await, Ok(here));
    assert_ne!(workers.run_sized(&tenant("acme"), INLINE + 1, thread).await, Ok(here));
}

#[test]
fn nothing_is_kept_of_a_tenant_with_no_work() {
    let mut queue = Queue::new(8, 8, 1);
    let job = || Job::new(Stop::within(JOB_TIMEOUT), |_| true);
    let first = queue.enter(&tenant("acme"), job(), true).unwrap();
    queue.enter(&tenant("acme"), job(), true).unwrap();
    assert!(queue.withdraw(&first).is_some());
    let (ticket, _) = queue.next().unwrap();
    queue.leave(ticket, None);
    queue.stop();
    assert!(queue.is_over());
}

#[test]
fn many_threads_do_much_at_a_time() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let workers = workers(3);
    let both = Arc::new(Barrier::new(2));
    let meet = |slug: &str| {
        let (both, workers, tenant) = (Arc::clone(&both), workers.clone(), tenant(slug));
        async move { workers.run(&tenant, move |_| both.wait()).await.map(|_| ()) }
    };
    let outcomes = runtime.block_on(async { tokio::join!(meet("acme"), meet("globex")) });
    assert_eq!(outcomes, (Ok(()), Ok(())));
}
